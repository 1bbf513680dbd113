using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Presence;

namespace Recado.Client.Presence;

/// <summary>Receives presences and chat states. Both are repeated often; what only repeats tells nobody anything. Used by the processor alone.</summary>
internal sealed class PresenceReceiver(DeviceState state, OwnDevice own, TimeProvider time)
{
    private const int Limit = 4096;

    // A chat state fades after some tens of seconds, so the same one later than that is news.
    private static readonly TimeSpan Fading = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Jid, PresenceUpdate> _presences = [];
    private readonly Dictionary<(Jid Chat, Jid Sender), (ChatState State, DateTimeOffset At)> _states = [];

    public ValueTask HandleAsync(Node stanza, CancellationToken ct) =>
        stanza.Tag == "presence" ? PresenceAsync(PresenceStanzas.ParsePresence(stanza), ct)
        : PresenceStanzas.ParseChatState(stanza) is { } update ? ChatStateAsync(update, ct)
        : ValueTask.CompletedTask;

    private async ValueTask PresenceAsync(PresenceUpdate update, CancellationToken ct)
    {
        if (own.Paired.IsOwn(update.From) || (_presences.TryGetValue(update.From, out var last) && last == update))
            return;

        if (_presences.Count >= Limit)
            _presences.Clear(); // at worst something is told twice
        _presences[update.From] = update;
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var (user, phone, lid) = await device.NamesAsync(update.From, ct).ConfigureAwait(false);
        device.Events.Add(new PresenceChanged(user, update.IsAvailable) { PhoneNumber = phone, Lid = lid, LastSeen = update.LastSeen, OnlineCount = update.OnlineCount });
        device.Publish();
    }

    private async ValueTask ChatStateAsync(ChatStateUpdate update, CancellationToken ct)
    {
        var key = (update.Chat, update.Sender);
        var now = time.GetUtcNow();
        var isRepeat = _states.TryGetValue(key, out var last) && last.State == update.State && (update.State == ChatState.Paused || now - last.At < Fading);
        if (_states.Count >= Limit)
            _states.Clear();
        _states[key] = (update.State, now);
        if (isRepeat || own.Paired.IsOwn(update.Sender))
            return;

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var (chat, _, _) = await device.NamesAsync(update.Chat, ct).ConfigureAwait(false);
        var (sender, phone, lid) = await device.NamesAsync(update.Sender, ct).ConfigureAwait(false);
        device.Events.Add(new ChatStateChanged(chat, sender, update.State) { PhoneNumber = phone, Lid = lid });
        device.Publish();
    }
}
