using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Messages;

namespace Recado.Client.History;

/// <summary>Asks the phone for older messages, one request per chat at a time, and tells when it does not answer. Thread-safe.</summary>
internal sealed class HistoryRequests(DeviceState state, LiveConnection live, PeerSender peers, ClientOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Jid, Asked> _asked = [];
    private readonly Alarm _alarm = new(options.Time);

    /// <returns>The request, and whether it is a new one.</returns>
    public async Task<HistoryRequest> AskAsync(Jid chat, MessageTarget oldest, DateTimeOffset oldestAt, int count, CancellationToken ct)
    {
        var connection = live.Require();
        if (!chat.IsGroup)
        {
            using var device = await state.BeginAsync(ct).ConfigureAwait(false);
            chat = await device.CanonicalAsync(chat, ct).ConfigureAwait(false);
        }

        var asked = new Asked(peers.NewId(), options.Time.GetUtcNow() + options.HistoryRequestTimeout);
        lock (_lock)
        {
            if (!_asked.TryAdd(chat, asked))
                return new(_asked[chat].RequestId, IsNew: false);
        }

        try
        {
            await peers.SendAsync(connection, asked.RequestId, HistoryNotification.Request(chat, oldest, oldestAt, count), alsoSave: null, ct)
                .ConfigureAwait(false);
        }
        catch
        {
            lock (_lock)
                _asked.Remove(chat);
            throw;
        }

        _alarm.Ring();
        return new(asked.RequestId, IsNew: true);
    }

    /// <summary>The phone has answered. An older phone does not say what: then it is the chat that tells.</summary>
    /// <returns>The chat that was asked for, as far as known.</returns>
    public Jid? Complete(string? requestId, Jid? chat)
    {
        lock (_lock)
        {
            foreach (var (asked, request) in _asked)
            {
                if (requestId is null ? asked == chat : request.RequestId == requestId)
                {
                    _asked.Remove(asked);
                    return asked;
                }
            }
        }

        return chat;
    }

    /// <summary>Tells of requests without an answer, until the connection ends.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var now = options.Time.GetUtcNow();
            List<KeyValuePair<Jid, Asked>> over;
            DateTimeOffset? next;
            lock (_lock)
            {
                over = [.. _asked.Where(entry => entry.Value.DueAt <= now)];
                foreach (var (chat, _) in over)
                    _asked.Remove(chat);
                next = _asked.Count == 0 ? null : _asked.Values.Min(entry => entry.DueAt);
            }

            if (over.Count > 0)
            {
                using var device = await state.BeginAsync(ct).ConfigureAwait(false);
                device.Events.AddRange(over.Select(entry => new HistoryUnanswered(entry.Value.RequestId, entry.Key)));
                device.Publish();
            }

            await _alarm.WaitAsync(next, ct).ConfigureAwait(false);
        }
    }

    private sealed record Asked(string RequestId, DateTimeOffset DueAt);
}
