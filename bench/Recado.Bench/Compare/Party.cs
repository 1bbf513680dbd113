using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Bench.Compare;

/// <summary>
/// The whole server in this process, with its grains and its SQLite database. Commands enter where the API's do; what has happened is read
/// from the event log, where it stands once it is on the disk.
/// </summary>
internal sealed class Party : IAsyncDisposable
{
    private const int Page = 500;
    private static readonly Guid User = new("5f1d0c7e-0000-4000-8000-000000000001");
    private static readonly CancellationToken Ct = CancellationToken.None;

    private readonly WebApplication _host;
    private readonly IGrainFactory _grains;
    private readonly IEventLog _log;
    private readonly IEventWatch _watch;
    private readonly HashSet<Guid> _ready = [];
    private long _cursor;
    private int _texts;
    private Guid _first;

    private Party(WebApplication host)
    {
        _host = host;
        _grains = host.Services.GetRequiredService<IGrainFactory>();
        _log = host.Services.GetRequiredService<IEventLog>();
        _watch = _log.Watch(User);
    }

    private ISessionGrain First => _grains.Session(_first);

    /// <summary>Starts the server on a folder and connects a session for each phone, pairing those that are new.</summary>
    public static async Task<Party> OpenAsync(string folder, OtherService service, IReadOnlyList<string> phones, Action<string, string> onQr)
    {
        var settings = new RecadoSettings
        {
            Port = 0,
            DataFolder = folder,
            Service = service,
            LocalToken = new string('0', 32),
            MaxSessionsPerUser = int.MaxValue,
            SendRatePerMinute = 0,
        };
        var host = RecadoHost.Build(settings, configure: builder => builder.Logging.ClearProviders()); // stdout belongs to the conversation
        var party = new Party(host);
        party._cursor = await party._log.LastEventIdAsync(User, Ct);
        await host.StartAsync();

        var store = host.Services.GetRequiredService<ISessionStore>();
        var rows = (await store.ListAsync(User, Ct)).ToDictionary(row => row.Name!);
        foreach (var phone in phones)
        {
            var row = rows.GetValueOrDefault(phone)
                ?? await store.CreateAsync(User, phone, int.MaxValue, Ct)
                ?? throw new BenchException("The session could not be created.");
            if (party._first == default)
                party._first = row.Id;
            if (!row.IsPaired)
                await party.PairAsync(row.Id, phone, onQr);

            await party.ConnectAsync(row.Id);
        }

        return party;
    }

    public Task ConnectAsync() => ConnectAsync(_first);

    public Task DisconnectAsync()
    {
        _ready.Remove(_first);
        return First.DisconnectAsync(Ct);
    }

    /// <summary>Connects and waits until so many texts are stored.</summary>
    public async Task ReceiveAsync(int count)
    {
        _texts = 0;
        await First.ConnectAsync(Ct);
        await FollowAsync(() => _texts >= count);
    }

    /// <summary>Sends texts, so many at a time, and waits for the service's answer to each.</summary>
    public Task SendAsync(string to, int count, int parallel)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) is >= 0 and var number)
            {
                var outcome = await First.SendAsync(SendMessage.Of([to], new TextContent($"text {number}")), Ct);
                if (outcome is not SendOutcome.Sent)
                    throw new BenchException($"A text was not sent: {outcome}.");
            }
        }));
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    private async Task PairAsync(Guid id, string phone, Action<string, string> onQr)
    {
        var grain = _grains.Session(id);
        await grain.ConnectAsync(Ct);
        SessionQr? qr = null;
        await FollowAsync(async () => (qr = (await grain.GetStatusAsync(Ct)).Qr) is not null);
        onQr(phone, qr!.Code);
    }

    private async Task ConnectAsync(Guid id)
    {
        await _grains.Session(id).ConnectAsync(Ct); // nothing to do when the server has brought it back by itself
        await FollowAsync(() => _ready.Contains(id));
    }

    private Task FollowAsync(Func<bool> isDone) => FollowAsync(() => Task.FromResult(isDone()));

    /// <summary>Reads on in the log, and waits for more, until what was awaited is there.</summary>
    private async Task FollowAsync(Func<Task<bool>> isDone)
    {
        while (!await isDone())
        {
            var rows = await _log.ReadAsync(User, _cursor, Page, Ct);
            if (rows.Count == 0)
                await _watch.WaitAsync(Ct);

            foreach (var row in rows)
                Note(row);
        }
    }

    private void Note(EventRow row)
    {
        _cursor = row.EventId;
        if (row.Type == EventTypes.SessionReady)
            _ready.Add(row.SessionId!.Value);
        else if (row.Type == EventTypes.MessageReceived)
            _texts++;
    }
}
