using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Presence;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>Makes the account appear online or offline.</summary>
[GenerateSerializer, Immutable, Alias("recado.set-presence")]
internal sealed record SetPresence([property: Id(0)] bool IsAvailable) : ClientRequest<PresenceSet>
{
    public override async Task<PresenceSet> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        try
        {
            await client.Presence.SetAvailableAsync(IsAvailable, ct);
            return new PresenceSet(IsNameKnown: true);
        }
        catch (PushNameUnknownException)
        {
            return new PresenceSet(IsNameKnown: false);
        }
    }
}

/// <param name="IsNameKnown">False when nothing was done, for want of the account's name.</param>
[GenerateSerializer, Immutable, Alias("recado.presence-set")]
internal sealed record PresenceSet([property: Id(0)] bool IsNameKnown);

/// <summary>Looks at a user's presence.</summary>
[GenerateSerializer, Immutable, Alias("recado.watch-presence")]
internal sealed record WatchPresence : PersonRequest<PresenceWatched>
{
    protected override async Task<PresenceWatched?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct)
    {
        try
        {
            await client.Presence.SubscribeAsync(user, ct);
            return new PresenceWatched(user.ToString(), client.Presence.IsAvailable, IsTaken: true);
        }
        catch (InvalidOperationException)
        {
            return new PresenceWatched(user.ToString(), client.Presence.IsAvailable, IsTaken: false);
        }
    }
}

/// <param name="IsAvailable">Whether the account appears online, without which nothing is told.</param>
/// <param name="IsTaken">False when too many are looked at already.</param>
[GenerateSerializer, Immutable, Alias("recado.presence-watched")]
internal sealed record PresenceWatched([property: Id(0)] string Jid, [property: Id(1)] bool IsAvailable, [property: Id(2)] bool IsTaken);

/// <summary>Shows in a chat that the account types, records or has stopped.</summary>
[GenerateSerializer, Immutable, Alias("recado.type-in-chat")]
internal sealed record TypeInChat([property: Id(0)] string State, [property: Id(1)] int? Seconds) : PersonRequest<Done>
{
    protected override async Task<Done?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct)
    {
        await client.Presence.SetChatStateAsync(user, Enum.Parse<ChatState>(State, ignoreCase: true), Seconds is { } s ? TimeSpan.FromSeconds(s) : null, ct);
        return Done.Value;
    }
}
