namespace Recado.Server.Tests;

/// <summary>One server for all tests of a class.</summary>
public sealed class ServerWithUsers : IAsyncLifetime
{
    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await TestServer.StartAsync(TestServer.WithUsers);

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
