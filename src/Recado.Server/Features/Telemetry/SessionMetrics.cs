using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Recado.Client;
using Recado.Client.Events;
using Recado.Protocol.Messages;

namespace Recado.Server.Features.Telemetry;

/// <summary>
/// Counts what passes through the sessions of this process, and how much waits in them. Labels are few and never name a user, a session or
/// a number. Thread-safe.
/// </summary>
internal sealed class SessionMetrics : IDisposable
{
    public const string Name = "Recado.Server";

    private readonly Meter _meter;
    private readonly Counter<long> _received, _sent, _statuses, _undecryptable, _interruptions, _commitRetries;
    private readonly UpDownCounter<long> _sockets;
    private readonly ConcurrentDictionary<Guid, Func<WhatsAppClient?>> _running = new();
    private IReadOnlyDictionary<string, int> _states = new Dictionary<string, int>();

    public SessionMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(Name);
        _received = _meter.CreateCounter<long>("recado.messages.received", "{message}", "Messages that arrived and are stored");
        _sent = _meter.CreateCounter<long>("recado.messages.sent", "{message}", "Messages that were encrypted and stored, about to leave");
        _statuses = _meter.CreateCounter<long>("recado.messages.status", "{message}", "Steps of sent messages: sent, delivered, read, played, failed");
        _undecryptable = _meter.CreateCounter<long>("recado.messages.undecryptable", "{message}", "Placeholders stored for messages that cannot be read yet");
        _interruptions = _meter.CreateCounter<long>("recado.sessions.interrupted", "{session}", "Connections that were lost or refused, by reason");
        _commitRetries = _meter.CreateCounter<long>("recado.commits.delayed", "{commit}", "Commits that had to wait because the database was away");
        _sockets = _meter.CreateUpDownCounter<long>("recado.websockets", "{socket}", "Open WebSockets");
        _meter.CreateObservableGauge(
            "recado.sessions", () => _states.Select(s => new Measurement<int>(s.Value, Label("state", s.Key))), "{session}",
            "Sessions by state, as the database has them; the same on every server of a cluster");
        _meter.CreateObservableGauge("recado.sessions.running", () => _running.Count, "{session}", "Sessions at work in this process");
        _meter.CreateObservableGauge(
            "recado.queue.unacknowledged", () => Sum(client => client.UnacknowledgedCount), "{message}", "Sent messages WhatsApp has not acknowledged");
        _meter.CreateObservableGauge(
            "recado.queue.unsaved", () => Sum(client => client.UnreadCount), "{step}", "Steps of sessions that wait to be written to the database");
    }

    /// <summary>A session is at work until the end of the returned scope.</summary>
    /// <param name="client">Its client of the moment.</param>
    public IDisposable Track(Guid sessionId, Func<WhatsAppClient?> client)
    {
        _running[sessionId] = client;
        return new Scope(() => _running.TryRemove(sessionId, out _));
    }

    /// <summary>A WebSocket is open until the end of the returned scope.</summary>
    public IDisposable TrackSocket()
    {
        _sockets.Add(1);
        return new Scope(() => _sockets.Add(-1));
    }

    public void SetStates(IReadOnlyDictionary<string, int> states) => _states = states;

    public void CommitDelayed() => _commitRetries.Add(1);

    /// <summary>Counts events that were saved.</summary>
    public void Count(IReadOnlyList<ClientEvent> events)
    {
        foreach (var clientEvent in events)
        {
            switch (clientEvent)
            {
                case MessageReceived { Envelope.FromMe: false } message:
                    _received.Add(1, Label("chat", ChatOf(message.Envelope)), Label("origin", Lower(message.Envelope.Origin)));
                    break;
                case MessageQueued message:
                    _sent.Add(1, Label("chat", ChatOf(message.Envelope)));
                    break;
                case MessageStatusChanged change:
                    _statuses.Add(change.MessageIds.Count, Label("status", Lower(change.Status)));
                    break;
                case MessageUndecryptable:
                    _undecryptable.Add(1);
                    break;
                case StateChanged { State: SessionState.Reconnecting or SessionState.Error or SessionState.LoggedOut, Reason: { } reason }:
                    _interruptions.Add(1, Label("reason", reason.ToString()));
                    break;
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private static string ChatOf(MessageEnvelope envelope) => envelope.IsGroup ? "group" : envelope.Chat.IsBroadcast ? "status" : "direct";

    private static string Lower<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);

    private int Sum(Func<WhatsAppClient, int> count) => _running.Values.Sum(find => find() is { } client ? count(client) : 0);

    private sealed class Scope(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
