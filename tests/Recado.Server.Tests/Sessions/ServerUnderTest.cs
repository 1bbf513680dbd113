using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Tests.Storage;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Server.Tests.Sessions;

/// <summary>A simulated WhatsApp and, beside it, a server that can be stopped and started again on the same data.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    /// <summary>Milliseconds after which a test that waits for something counts as failed.</summary>
    public const int Patience = 120_000;

    private const string LocalToken = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();
    private WebApplication? _host;
    private readonly HashSet<long> _taken = [];

    public required SimulatedService WhatsApp { get; init; }

    /// <summary>Changes the settings of the next start.</summary>
    public Func<RecadoSettings, RecadoSettings> Configure { get; set; } = settings => settings;

    /// <summary>Wraps the journal of the next start, to let it fail.</summary>
    public Func<ISessionJournal, ISessionJournal> Journal { get; set; } = journal => journal;

    /// <summary>Changes the container of the next start.</summary>
    public Action<IServiceCollection> Services { get; set; } = _ => { };

    public Guid User { get; init; } = Guid.NewGuid();

    public string DataFolder => _folder.Path;

    public ISessionStore Sessions => Get<ISessionStore>();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="database">A Postgres instead of the embedded database.</param>
    public static async Task<ServerUnderTest> StartAsync(Guid? user = null, string? database = null)
    {
        var server = new ServerUnderTest { WhatsApp = await SimulatedService.StartAsync(new SimulatorOptions(), Ct), User = user ?? Guid.NewGuid() };
        server.Configure = settings => settings with { Database = database };
        await server.StartHostAsync();
        return server;
    }

    public T Get<T>() where T : notnull => _host!.Services.GetRequiredService<T>();

    /// <summary>Talks to the host as standalone mode's user.</summary>
    public HttpClient Http() => new()
    {
        BaseAddress = RecadoHost.AddressOf(_host!),
        DefaultRequestHeaders = { Authorization = new("Bearer", LocalToken) },
    };

    public ISessionGrain Grain(Guid sessionId) => Get<IGrainFactory>().Session(sessionId);

    public async Task StartHostAsync()
    {
        var settings = Configure(new RecadoSettings
        {
            Port = 0,
            DataFolder = _folder.Path,
            LocalToken = LocalToken,
            SendRatePerMinute = 0,
            Service = new OtherService(WhatsApp.WebSocketUrl, WhatsApp.RootKey, WhatsApp.MediaAuthorityPem),
        });
        _host = RecadoHost.Build(settings, configure: builder =>
        {
            builder.Services.AddSingleton(new SupervisorPace(TimeSpan.FromMilliseconds(200), TimeSpan.Zero));
            builder.Services.AddSingleton(services => Journal(settings.Database is null
                ? ActivatorUtilities.CreateInstance<Server.Storage.Sqlite.SqliteSessionJournal>(services)
                : ActivatorUtilities.CreateInstance<Server.Storage.Postgres.PostgresSessionJournal>(services)));
            Services(builder.Services);
        });
        await _host.StartAsync(Ct);
    }

    public async Task StopHostAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync(Ct);
            await host.DisposeAsync();
        }

        _host = null;
    }

    public async Task<Guid> CreateSessionAsync()
    {
        var row = await Sessions.CreateAsync(User, name: null, limit: 5, Ct);
        Assert.Equal(SessionOutcome.Done, await Grain(row!.Id).ConnectAsync(Ct));
        return row.Id;
    }

    /// <summary>A session that a phone has linked and that is connected.</summary>
    public async Task<Guid> ConnectSessionAsync(SimulatedPhone phone)
    {
        var id = await CreateSessionAsync();
        await ScanAsync(id, phone);
        return id;
    }

    public async Task ScanAsync(Guid sessionId, SimulatedPhone phone)
    {
        await WaitForEventAsync(EventTypes.QrCode);
        await WaitForPairDeviceAnswerAsync();
        await phone.ScanAsync((await Grain(sessionId).GetStatusAsync(Ct)).Qr!.Code, Ct);
        await WaitForEventAsync(EventTypes.SessionReady);
    }

    /// <summary>The oldest event of the user that fits and was not asked for before.</summary>
    public async Task<EventRow> WaitForEventAsync(string type, string? part = null)
    {
        using var watch = Get<IEventLog>().Watch(User);
        while (true)
        {
            foreach (var row in await EventsAsync())
            {
                if (row.Type == type && (part is null || row.Payload.Contains(part, StringComparison.Ordinal)) && _taken.Add(row.EventId))
                    return row;
            }

            await watch.WaitAsync(Ct);
        }
    }

    public Task<EventRow> WaitForStateAsync(string state) => WaitForEventAsync(EventTypes.StatusUpdate, $"\"status\":\"{state}\"");

    public async Task<IReadOnlyList<EventRow>> EventsAsync() => await Get<IEventLog>().ReadAsync(User, after: 0, limit: 1000, Ct);

    public async Task<IReadOnlyList<MessageRow>> MessagesAsync(Guid sessionId) =>
        (await Get<IMessageStore>().ListAsync(new MessageQuery(User, sessionId), Ct)).Messages;

    public async ValueTask DisposeAsync()
    {
        await StopHostAsync();
        await WhatsApp.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>The simulated phone links no device that has not confirmed its codes, which it does a moment after they can be seen.</summary>
    private async Task WaitForPairDeviceAnswerAsync()
    {
        var offer = WhatsApp.Trace.Entries.OfType<StanzaEntry>().Last(e => e.Node.Child("pair-device") is not null);
        await WhatsApp.Trace.WaitForAsync(e => e is StanzaEntry { Node: var node } && node["type"] == "result" && node["id"] == offer.Node["id"], Ct);
    }
}
