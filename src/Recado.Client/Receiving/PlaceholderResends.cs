using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Secrets;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Receiving;

/// <summary>
/// Asks the phone for messages that this device cannot read, each once, and puts its answers in their place. What waits is stored; a copy
/// in memory tells the loop when the next is due. Thread-safe.
/// </summary>
internal sealed class PlaceholderResends(DeviceState state, PeerSender peers, MessageSecrets secrets, ClientOptions options, ILogger logger)
{
    private const int MaxWaiting = 1_000; // a peer that floods us with garbage does not make us flood the phone
    private const int MaxAttempts = 3;

    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(14); // older ones the phone is not asked for

    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceRecordKey, PlaceholderRequest> _waiting = [];
    private readonly Alarm _alarm = new(options.Time);

    /// <summary>Whether the phone may be asked for a message that came as unavailable: some kinds are withheld from linked devices on purpose.</summary>
    public static bool IsForLinkedDevices(string? unavailableType) =>
        unavailableType is not ("view_once" or "bot_unavailable_fanout" or "hosted_unavailable_fanout" or "view_once_unavailable_fanout");

    /// <summary>What an earlier run has left.</summary>
    public async Task LoadAsync(DeviceTransaction device, CancellationToken ct)
    {
        var records = await device.ListAsync(DeviceRecordKind.PlaceholderRequest, null, ct).ConfigureAwait(false);
        lock (_lock)
        {
            _waiting.Clear();
            foreach (var request in records.Select(record => PlaceholderRequest.Parse(record.Data)))
                _waiting[request.Key] = request;
        }
    }

    /// <summary>Asks for a message after a while, if nothing has solved it by then.</summary>
    public void Schedule(DeviceTransaction device, MessageEnvelope envelope, TimeSpan delay)
    {
        var now = options.Time.GetUtcNow();
        var request = new PlaceholderRequest(envelope, now + delay);
        lock (_lock)
        {
            if (envelope.Timestamp < now - MaxAge || _waiting.Count >= MaxWaiting || !_waiting.TryAdd(request.Key, request))
                return;
        }

        Store(device, request);
        _alarm.Ring();
    }

    /// <summary>The message has come.</summary>
    public void Solve(DeviceTransaction device, MessageEnvelope envelope)
    {
        var key = Keys.Placeholder(envelope.Chat, envelope.Sender, envelope.Id);
        lock (_lock)
        {
            if (!_waiting.Remove(key))
                return;
        }

        device.Delete(key);
    }

    /// <summary>The service has taken a message of ours; whether it was a request of this kind.</summary>
    public async ValueTask<bool> TryTakeAsync(string id, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_waiting.Values.Any(waiting => waiting.RequestId == id))
                return false;
        }

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        lock (_lock)
        {
            if (_waiting.Values.FirstOrDefault(waiting => waiting.RequestId == id) is { } request)
            {
                _waiting[request.Key] = request with { IsTaken = true };
                Store(device, _waiting[request.Key]);
            }
        }

        device.Publish();
        return true;
    }

    /// <summary>Publishes what the phone gives for what we have asked it for.</summary>
    public async ValueTask TakeAnswerAsync(DeviceTransaction device, PeerDataOperationRequestResponseMessage answer, CancellationToken ct)
    {
        foreach (var message in PlaceholderResend.ReadAnswer(answer))
        {
            PlaceholderRequest? request;
            var chat = message.Chat.IsGroup ? message.Chat : await device.CanonicalAsync(message.Chat, ct).ConfigureAwait(false);
            lock (_lock)
                request = _waiting.Values.FirstOrDefault(
                    waiting => waiting.Envelope.Id == message.Id && waiting.Envelope.Chat == chat && waiting.Envelope.FromMe == message.FromMe);

            if (request is null || message.Content is not { } content)
                continue; // solved already, or not what was asked for

            var envelope = request.Envelope;
            if (content is EncryptedContent hidden)
                content = await secrets.OpenAsync(device, envelope.Chat, envelope.Sender, hidden, ct).ConfigureAwait(false);
            else if (message.Secret is { } secret)
                await secrets.TakePastAsync(device, envelope, envelope.Sender, secret, content, ct).ConfigureAwait(false);

            Solve(device, envelope);
            device.Events.Add(new MessageReceived(envelope with { PushName = envelope.PushName ?? message.PushName }, content));
        }
    }

    /// <summary>Asks for what is due, until the connection ends.</summary>
    public async Task RunAsync(ServiceConnection connection, CancellationToken ct)
    {
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
            await LoadAsync(device, ct).ConfigureAwait(false);

        var asked = new HashSet<DeviceRecordKey>(); // over this connection; what it did not carry goes over the next
        while (true)
        {
            var now = options.Time.GetUtcNow();
            List<PlaceholderRequest> open;
            lock (_lock)
                open = [.. _waiting.Values.Where(request => !request.IsTaken && request.Attempts < MaxAttempts && !asked.Contains(request.Key))];

            foreach (var request in open.Where(request => request.DueAt <= now))
            {
                asked.Add(request.Key);
                await AskAsync(connection, request, ct).ConfigureAwait(false);
            }

            var later = open.Where(request => request.DueAt > now).ToList();
            await _alarm.WaitAsync(later.Count == 0 ? null : later.Min(request => request.DueAt), ct).ConfigureAwait(false);
        }
    }

    private async Task AskAsync(ServiceConnection connection, PlaceholderRequest request, CancellationToken ct)
    {
        var envelope = request.Envelope;
        var id = peers.NewId();
        var target = new MessageTarget(envelope.Id, envelope.Chat, envelope.FromMe, envelope.IsGroup ? envelope.Sender : null);
        try
        {
            await peers.SendAsync(connection, id, PlaceholderResend.Request(target), Remember, ct).ConfigureAwait(false);
            ClientLog.PhoneAsked(logger, envelope.Id);
        }
        catch (Exception cause) when (cause is RequestTimeoutException or RequestRefusedException)
        {
            ClientLog.JobFailed(logger, cause.Message); // asked again over the next connection
        }

        void Remember(DeviceTransaction device)
        {
            var sent = request with { RequestId = id, Attempts = request.Attempts + 1 };
            lock (_lock)
            {
                if (!_waiting.ContainsKey(request.Key))
                    return; // it has come this moment; the answer will be of no interest

                _waiting[request.Key] = sent;
            }

            Store(device, sent);
        }
    }

    private static void Store(DeviceTransaction device, PlaceholderRequest request) =>
        device.Put(request.Key, request.Serialize(), expiresAt: request.Envelope.Timestamp + MaxAge);
}
