using System.Security.Cryptography.X509Certificates;
using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>Our client as a library, with its events kept for the test to take.</summary>
internal sealed class RecadoClient : IAsyncDisposable
{
    private readonly EventLog<ClientEvent> _events = new("Our client");
    private readonly HttpClient _media;
    private readonly Task _reading;

    private RecadoClient(SimulatedService service, IDeviceStore store)
    {
        var options = new ClientOptions
        {
            Endpoint = service.WebSocketUrl,
            RootKey = service.RootKey,
            AnnounceAvailable = true,
            KeepAliveInterval = TimeSpan.FromHours(1), // how long a test takes must not show in what is sent
        };
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(service.MediaAuthorityFile);
        _media = MediaHttp.Create(options, authorities);
        Client = new WhatsAppClient(options with { MediaHttp = _media }, store);
        _reading = ReadAsync();
    }

    public WhatsAppClient Client { get; }

    /// <summary>Starts a client on the device of <paramref name="store"/>; an empty store asks for a scan.</summary>
    public static async Task<RecadoClient> StartAsync(SimulatedService service, IDeviceStore store, CancellationToken ct)
    {
        var client = new RecadoClient(service, store);
        await client.Client.StartAsync(ct);
        return client;
    }

    /// <summary>Takes the next event of a kind that matches.</summary>
    public async Task<TEvent> TakeAsync<TEvent>(Func<TEvent, bool> matches, CancellationToken ct)
        where TEvent : ClientEvent =>
        (TEvent)await _events.TakeAsync(typeof(TEvent).Name, e => e is TEvent typed && matches(typed), ct);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _reading;
        _media.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var e in Client.ReadEventsAsync(CancellationToken.None))
                _events.Add(e);
            _events.End("its event stream ended");
        }
        catch (Exception e)
        {
            _events.End($"its event stream failed: {e}");
            throw;
        }
    }
}
