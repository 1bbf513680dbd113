using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recado.Client.AppState;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.History;
using Recado.Client.Media;
using Recado.Client.Pairing;
using Recado.Client.Presence;
using Recado.Client.Receiving;
using Recado.Client.Secrets;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Client;

/// <summary>
/// One WhatsApp device: a linked companion and its connection. Thread-safe. Everything it learns and does leaves through one ordered
/// stream of
/// batches, and nothing that depends on a batch reaches the network before the reader has acknowledged it, so that a crash at any instant
/// neither loses nor doubles a message.
/// </summary>
public sealed partial class WhatsAppClient : IAsyncDisposable
{
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LogoutLimit = TimeSpan.FromSeconds(10);

    private readonly ClientOptions _options;
    private readonly IDeviceStore _store;
    private readonly EventStream _stream;
    private readonly DeviceState _state;
    private readonly OwnDevice _own = new();
    private readonly LiveConnection _live = new();
    private readonly SessionStatus _status;
    private readonly Outbox _outbox;
    private readonly PreKeyStock _preKeys;
    private readonly MessageSender _sender;
    private readonly MediaTransfer _media;
    private readonly HistoryRequests _history;
    private readonly PlaceholderResends _placeholders;
    private readonly HttpClient? _ownHttp;
    private readonly ConnectionLoop _loop;
    private readonly SemaphoreSlim _control = new(1, 1); // start, stop and logout take turns
    private CancellationTokenSource? _stop;
    private Task _running = Task.CompletedTask;
    private bool _isLoaded;
    private bool _isDisposed;

    /// <summary>Creates the client; <see cref="StartAsync"/> connects it.</summary>
    /// <param name="options">How to connect.</param>
    /// <param name="store">The device's records. One client at a time may use them.</param>
    /// <param name="loggers">Where to log; nowhere by default.</param>
    public WhatsAppClient(ClientOptions options, IDeviceStore store, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(store);
        var logger = (loggers ?? NullLoggerFactory.Instance).CreateLogger<WhatsAppClient>();
        (_options, _store) = (options, store);
        _stream = new(options.EventCapacity, SettleAsync);
        _state = new(store, _stream);
        _status = new(_state, logger);
        _outbox = new(options.Time);
        _preKeys = new(_state, _own, options, logger);

        var sessions = new SessionStarter(_own, options, logger);
        var secrets = new MessageSecrets(_own, options);
        var contents = new OutgoingContents(_state, _own, secrets, options);
        var tokens = new TrustedContacts(_state, options.Time);
        var directory = new GroupDirectory(_state);
        var listing = new GroupListing(_state, directory, logger);
        var senderKeys = new SenderKeys(_own, options);
        var groupUpdates = new GroupUpdates(directory, senderKeys, _own, options);
        Groups = new(_state, _live, directory, groupUpdates, options);
        var deviceLists = new DeviceLists(_state, options.Time);
        var rosters = new GroupRosters(_state, _own, directory, deviceLists, options);
        var destinations = new Destinations(_state, _own, deviceLists, rosters, senderKeys, options);
        var encryptor = new MessageEncryptor(_state, _live, sessions);
        var traces = new SentTraces();
        var repeats = new Repeats(_own, sessions, senderKeys);
        _sender = new(_state, _own, _live, destinations, encryptor, contents, secrets, _outbox, traces, options, logger);
        var mediaRetries = new MediaRetries(_live, _own, options);
        _ownHttp = options.MediaHttp is null ? MediaHttp.Create(options) : null;
        _media = new(new MediaHosts(_live, options.Time), mediaRetries, options.MediaHttp ?? _ownHttp!, options);
        Presence = new(_state, _own, _live, options);
        Calls = new(_state, _own, _live, options);
        _numbers = new(_state, _live, options.Time);
        Contacts = new(_state, _own, _live, _numbers, options.MediaHttp ?? _ownHttp!, options);
        var peers = new PeerSender(_state, _own, sessions, options);
        _history = new(_state, _live, peers, options);
        _placeholders = new(_state, peers, secrets, options, logger);
        var appState = new AppStateSync(_state, new AppStateRecords(_state), new AppStateEffects(_own), _media, peers, options, logger);
        Profile = new(_state, _live, Presence, appState, options.Time);
        var jobs = new HistoryJobs(_state, new HistoryIngest(_state, _own, secrets), _history, _media, options, logger);
        var processor = new InboundProcessor(
            _state,
            new MessageReceiver(
                _state,
                _own,
                new MessageDecryptor(_own, options),
                new RetryRequests(_own, _preKeys, options, logger),
                new PeerMessages(_own, jobs, _placeholders, appState),
                secrets,
                directory,
                _placeholders,
                options,
                logger),
            new ReceiptReceiver(
                _state, _own, new RetryAnswers(_state, _own, sessions, directory, deviceLists, repeats, options, logger), traces, options, logger),
            new NotificationReceiver(_state, _own, _status, _preKeys, tokens, mediaRetries, groupUpdates, Profile, appState, options, logger),
            new AckReceiver(_state, _own, _outbox, _sender, rosters, tokens, _placeholders, options, logger),
            new IbReceiver(_state, _status, listing, appState),
            new PresenceReceiver(_state, _own, options.Time),
            Calls,
            logger);
        var login = new LoginSequence(_state, _own, _status, _preKeys, _outbox, _live, Presence, options, logger);
        _loop = new(
            _state, _own, _status, _live, _outbox, login, processor, new BesideWork(jobs, _history, _placeholders, listing, appState), new RequestIds(options.Random), options, logger);
    }

    /// <summary>What the session is doing, as last published.</summary>
    public SessionState State => _status.Current;

    /// <summary>How many messages WhatsApp has not acknowledged.</summary>
    public int UnacknowledgedCount => _outbox.Count;

    /// <summary>How many steps wait for the reader of <see cref="ReadBatchesAsync"/>.</summary>
    public int UnreadCount => _stream.WaitingCount;

    /// <summary>Our own device by phone number; null until linked.</summary>
    public Jid? PhoneNumberJid => _own.Current?.PhoneNumber;

    /// <summary>Our own device by LID; null until linked.</summary>
    public Jid? LidJid => _own.Current?.Lid;

    /// <summary>The account's groups.</summary>
    public GroupClient Groups { get; }

    /// <summary>
    /// Begins to connect and returns; events tell the rest. Without a pairing QR codes follow. Does nothing while the session runs.
    /// </summary>
    /// <exception cref="StoreException">The device's records cannot be read.</exception>
    public Task StartAsync(CancellationToken ct)
    {
        return InTurnAsync(
            async () =>
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                if (!_running.IsCompleted)
                    return;

                await LoadAsync(ct).ConfigureAwait(false);
                _stop?.Dispose();
                _stop = new();
                await _loop.BeginAsync(ct).ConfigureAwait(false);
                _running = Task.Run(() => _loop.RunAsync(_stop.Token), CancellationToken.None);
            },
            ct);
    }

    /// <summary>
    /// Closes the connection and waits until the reader has acknowledged what was published, for a few seconds at most. The pairing is
    /// kept.
    /// Not to be awaited by the reader of events itself.
    /// </summary>
    public Task StopAsync(CancellationToken ct)
    {
        return InTurnAsync(
            async () =>
            {
                await EndLoopAsync().ConfigureAwait(false);
                await DrainAsync(ct).ConfigureAwait(false);
            },
            ct);
    }

    /// <summary>
    /// Unlinks the device and erases its keys. Without a pairing it only erases. Not to be awaited by the reader of events itself.
    /// </summary>
    /// <exception cref="ConnectionException">The session is linked but not connected, so the service cannot be told.</exception>
    public Task LogoutAsync(CancellationToken ct)
    {
        return InTurnAsync(
            async () =>
            {
                if (_own.Current is { IsPaired: true, PhoneNumber: { } self })
                    await UnlinkAsync(_live.Require(), self, ct).ConfigureAwait(false);
                else
                    await EraseAsync().ConfigureAwait(false);
                await DrainAsync(ct).ConfigureAwait(false);
            },
            ct);
    }

    /// <summary>
    /// Erases the device's keys without telling the service: for a session that cannot connect any more. The phone goes on to list the
    /// device
    /// until it is removed there. Not to be awaited by the reader of events itself.
    /// </summary>
    public Task ForgetAsync(CancellationToken ct)
    {
        return InTurnAsync(
            async () =>
            {
                await EraseAsync().ConfigureAwait(false);
                await DrainAsync(ct).ConfigureAwait(false);
            },
            ct);
    }

    /// <summary>
    /// The session's events with the changes to save, for exactly one reader at a time. Asking for the next batch acknowledges the
    /// previous one.
    /// A reader that leaves inside a batch has not acknowledged it; the next reader gets it again. Ends when the client is disposed.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public IAsyncEnumerable<EventBatch> ReadBatchesAsync(CancellationToken ct = default) => _stream.ReadAllAsync(ct);

    /// <summary>
    /// The session's events one by one, for use without a database of one's own: changes go to the device store when the last event of
    /// their
    /// batch has been handled. Do not await <see cref="SendAsync"/> inside the loop: it completes only after the events before it.
    /// </summary>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public async IAsyncEnumerable<ClientEvent> ReadEventsAsync([EnumeratorCancellation] CancellationToken ct = default)
    {
        await foreach (var batch in _stream.ReadAllAsync(ct).ConfigureAwait(false))
        {
            foreach (var happened in batch.Events)
                yield return happened;

            await _store.CommitAsync(batch.Changes, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Closes the connection and ends the stream of events after what has been published.</summary>
    public ValueTask DisposeAsync()
    {
        return new(
            InTurnAsync(
                async () =>
                {
                    if (_isDisposed)
                        return;

                    _isDisposed = true;
                    await EndLoopAsync().ConfigureAwait(false);
                    await Presence.StopAsync().ConfigureAwait(false);
                    _stream.Complete();
                    _stop?.Dispose();
                    _ownHttp?.Dispose();
                    _numbers.Dispose();
                },
                CancellationToken.None));
    }

    private async Task InTurnAsync(Func<Task> action, CancellationToken ct)
    {
        await _control.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await action().ConfigureAwait(false);
        }
        finally
        {
            _control.Release();
        }
    }

    /// <summary>Reads what an earlier run left. What this object has published since counts more.</summary>
    private async Task LoadAsync(CancellationToken ct)
    {
        using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
        if (_own.Current is null && await device.ReadAsync(Credentials.Key, ct).ConfigureAwait(false) is { } data)
        {
            try
            {
                _own.Use(Credentials.Parse(data));
            }
            catch (FormatException cause)
            {
                throw new StoreException(cause);
            }
        }

        if (!_isLoaded)
        {
            _outbox.Load(await device.ListAsync(DeviceRecordKind.Outbox, null, ct).ConfigureAwait(false));
            await _placeholders.LoadAsync(device, ct).ConfigureAwait(false);
        }

        _isLoaded = true;
    }

    private async Task UnlinkAsync(ServiceConnection connection, Jid self, CancellationToken ct)
    {
        connection.IsLoggingOut = true;
        try
        {
            var unlink = new Node("remove-companion-device", [("jid", self), ("reason", "user_initiated")]);
            await connection.RequestAsync("set", "md", [unlink], ct, LogoutLimit).ConfigureAwait(false);
        }
        catch (ConnectionException) when (connection.Verdict is { Next: NextStep.StopAndErase })
        {
            // The service ended the connection before it answered: its verdict is the answer.
        }
        catch
        {
            connection.IsLoggingOut = false;
            throw;
        }

        connection.End(Verdict.LoggedOutByUser);
        await _running.WaitAsync(ct).ConfigureAwait(false);
    }

    private async Task EraseAsync()
    {
        await EndLoopAsync().ConfigureAwait(false);
        await _loop.StayAwayAsync(Verdict.LoggedOutByUser).ConfigureAwait(false);
    }

    private async Task EndLoopAsync()
    {
        if (_stop is { } stop && !_running.IsCompleted)
            await stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
    }

    /// <summary>Gives the reader a while to acknowledge what was published. Without a reader there is nothing to wait for.</summary>
    private async Task DrainAsync(CancellationToken ct)
    {
        if (!_stream.HasReader)
            return;

        try
        {
            await _stream.WaitUntilDrainedAsync(ct).WaitAsync(DrainLimit, _options.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A reader that does not come back gets the rest when it does, or after the next start.
        }
    }

    /// <summary>What follows from saved steps: first that they are saved, then the stanzas that waited for it, in order.</summary>
    private async ValueTask SettleAsync(IReadOnlyList<Publication> steps)
    {
        _state.MarkSaved(steps);
        foreach (var step in steps)
            step.MarkDurable();

        foreach (var packets in steps.SelectMany(step => step.Packets).GroupBy(packet => packet.Sink))
            await packets.Key.TrySendAsync([.. packets.Select(packet => packet.Packet)]).ConfigureAwait(false);
        await _outbox.FlushAsync().ConfigureAwait(false);
    }
}
