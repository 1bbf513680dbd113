using Recado.Client;
using Recado.Protocol;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>A request about one user, who is named by the forms of a phone number or by a JID; some take a group in the user's place.</summary>
[GenerateSerializer, Immutable, Alias("recado.person-request`1")]
internal abstract record PersonRequest<T> : ClientRequest<PersonAnswer<T>>
    where T : class
{
    /// <summary>What to try at WhatsApp, in order.</summary>
    [Id(0)] public IReadOnlyList<string> Forms { get; init; } = [];

    public sealed override async Task<PersonAnswer<T>> RunAsync(WhatsAppClient client, CancellationToken ct) =>
        new(await Recipients.ResolveAsync(client, Forms, ct) is { } user ? await RunAsync(client, user, ct) : null);

    /// <returns>Null when WhatsApp knows no such user.</returns>
    protected abstract Task<T?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct);
}

/// <param name="Value">Null when nobody has the number.</param>
[GenerateSerializer, Immutable, Alias("recado.person-answer`1")]
internal sealed record PersonAnswer<T>([property: Id(0)] T? Value)
    where T : class;
