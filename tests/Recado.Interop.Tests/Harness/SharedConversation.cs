namespace Recado.Interop.Tests.Harness;

/// <summary>A <see cref="Conversation"/> in which both have already talked, for the tests of a class.</summary>
public sealed class SharedConversation : IAsyncLifetime
{
    internal Conversation Talk { get; private set; } = null!;

    /// <summary>Our account as Baileys names its chat.</summary>
    internal string Chat { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Talk = await Conversation.StartAsync(ct);
        Chat = await Talk.SettleAsync(ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Talk is not null)
            await Talk.DisposeAsync();
    }
}
