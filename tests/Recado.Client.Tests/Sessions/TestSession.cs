using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Simulator;

namespace Recado.Client.Tests.Sessions;

/// <summary>
/// A client with a reader that saves each batch and keeps its events; the reader can be told to stop before or instead of saving.
/// </summary>
internal sealed class TestSession : IAsyncDisposable
{
    private static readonly ConditionalWeakTable<SimulatedService, HttpClient> Https = [];

    private readonly CancellationTokenSource _stopReading = new();
    private readonly Lock _lock = new();
    private readonly List<ClientEvent> _events = [];
    private readonly List<(Func<ClientEvent, bool> Wanted, TaskCompletionSource<ClientEvent> Found)> _waiting = [];
    private Task _reading;

    public TestSession(ClientOptions options, InMemoryDeviceStore? store = null, ILoggerFactory? loggers = null)
    {
        Store = store ?? new();
        Client = new(options, Store, loggers);
        _reading = ReadAsync(_stopReading.Token);
    }

    public WhatsAppClient Client { get; }

    public InMemoryDeviceStore Store { get; }

    /// <summary>Called with each batch before it is saved; throwing ends the reader as a crash would.</summary>
    public Func<EventBatch, Task>? BeforeSaving { get; set; }

    /// <summary>Called with each batch after it is saved, before it is acknowledged.</summary>
    public Func<EventBatch, Task>? AfterSaving { get; set; }

    public IReadOnlyList<ClientEvent> Events
    {
        get
        {
            lock (_lock)
                return [.. _events];
        }
    }

    /// <summary>The reader's task; faulted once it has crashed.</summary>
    public Task Reading => _reading;

    /// <summary>Options for the simulator: short delays, the simulator's root key, its media host's authority.</summary>
    public static ClientOptions OptionsFor(SimulatedService service, TimeProvider? time = null, IWebVersionSource? version = null) =>
        new()
        {
            Endpoint = service.WebSocketUrl,
            RootKey = service.RootKey,
            Time = time ?? TimeProvider.System,
            Version = version ?? FixedWebVersion.BuiltIn,
            ReconnectStep = TimeSpan.FromMilliseconds(10),
            MediaHttp = Https.GetValue(service, Trusting),
        };

    private static HttpClient Trusting(SimulatedService service)
    {
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(service.MediaAuthorityPem);
        return MediaHttp.Create(new ClientOptions(), authorities);
    }

    /// <summary>Starts a new client on a new store, and lets the phone scan its code.</summary>
    public static async Task<TestSession> PairAsync(
        SimulatedService service,
        SimulatedPhone phone,
        CancellationToken ct,
        ClientOptions? options = null)
    {
        var session = new TestSession(options ?? OptionsFor(service));
        await session.Client.StartAsync(ct);
        var qr = await session.WaitAsync<QrIssued>(ct);
        await phone.ScanAsync(qr.Code, ct);
        await session.ConnectedAsync(ct);
        return session;
    }

    /// <summary>Another client over the same records, as after a restart of the process.</summary>
    public async Task<TestSession> RestartAsync(ClientOptions options, CancellationToken ct)
    {
        await DisposeAsync();
        var next = new TestSession(options, Store);
        await next.Client.StartAsync(ct);
        return next;
    }

    /// <summary>Reads on after a crash of the reader.</summary>
    public void ReadAgain()
    {
        BeforeSaving = AfterSaving = null;
        _reading = ReadAsync(_stopReading.Token);
    }

    public Task ConnectedAsync(CancellationToken ct) => WaitAsync<StateChanged>(ct, changed => changed.State == SessionState.Connected);

    public Task<SendResult> SendTextAsync(Jid to, string text, CancellationToken ct, string? id = null) =>
        Client.SendAsync(new OutgoingMessage(to, new TextContent(text), id), ct);

    /// <summary>Waits for a saved event, past or to come.</summary>
    public async Task<T> WaitAsync<T>(CancellationToken ct, Func<T, bool>? wanted = null)
        where T : ClientEvent
    {
        bool IsWanted(ClientEvent happened) => happened is T typed && (wanted?.Invoke(typed) ?? true);
        Task<ClientEvent> found;
        lock (_lock)
        {
            if (_events.Find(IsWanted) is { } past)
                return (T)past;

            var source = new TaskCompletionSource<ClientEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((IsWanted, source));
            found = source.Task;
        }

        try
        {
            return (T)await found.WaitAsync(TimeSpan.FromSeconds(30), ct);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"No such {typeof(T).Name} came. Seen: {string.Join("; ", Events)}");
        }
    }

    /// <summary>Forgets what has happened so far, so that only later events are waited for.</summary>
    public void Forget()
    {
        lock (_lock)
            _events.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await _stopReading.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Client.DisposeAsync();
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await Task.Yield();
        await foreach (var batch in Client.ReadBatchesAsync(ct))
        {
            if (BeforeSaving is { } before)
                await before(batch);
            await Store.CommitAsync(batch.Changes, ct);
            Note(batch.Events);
            if (AfterSaving is { } after)
                await after(batch);
        }
    }

    private void Note(IReadOnlyList<ClientEvent> events)
    {
        lock (_lock)
        {
            _events.AddRange(events);
            foreach (var happened in events)
            {
                foreach (var waiter in _waiting.Where(waiter => waiter.Wanted(happened)).ToList())
                {
                    _waiting.Remove(waiter);
                    waiter.Found.TrySetResult(happened);
                }
            }
        }
    }
}
