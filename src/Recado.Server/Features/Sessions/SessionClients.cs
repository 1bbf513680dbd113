using System.Security.Cryptography.X509Certificates;
using Recado.Client;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>Makes the client of a session, connected to WhatsApp or to what the settings name instead. All share one pool for files.</summary>
internal sealed class SessionClients(ServiceAddress service, IWebVersionSource version, TimeProvider time, IRandomSource random, ILoggerFactory loggers)
    : IDisposable
{
    private readonly Lock _gate = new();
    private HttpClient? _http;

    public WhatsAppClient Create(IDeviceStore store, Guid sessionId)
    {
        var whatsApp = new ClientOptions();
        var other = service.Other;
        var options = new ClientOptions
        {
            Endpoint = other?.Url ?? whatsApp.Endpoint,
            RootKey = other?.RootKey ?? whatsApp.RootKey,
            Version = version,
            Time = time,
            Random = random,
        };
        return new WhatsAppClient(options with { MediaHttp = Http(options, other?.MediaAuthority) }, store, new SessionLoggers(loggers, sessionId));
    }

    public void Dispose() => _http?.Dispose();

    /// <summary>The service does not change while the process runs, so the first session's pool is everyone's.</summary>
    private HttpClient Http(ClientOptions options, string? authority)
    {
        lock (_gate)
        {
            if (_http is not null)
                return _http;

            var authorities = new X509Certificate2Collection();
            if (authority is not null)
                authorities.ImportFromPem(authority);
            return _http = MediaHttp.Create(options, authorities);
        }
    }

    /// <summary>Names the session in every line of its client, which knows of no sessions beside it.</summary>
    private sealed class SessionLoggers(ILoggerFactory loggers, Guid sessionId) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => loggers.CreateLogger($"{categoryName}.{sessionId}");

        public void AddProvider(ILoggerProvider provider) => loggers.AddProvider(provider);

        public void Dispose()
        {
            // The loggers belong to the host.
        }
    }
}
