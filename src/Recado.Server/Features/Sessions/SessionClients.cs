using Recado.Client;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>Makes the client of a session, connected to WhatsApp or to what the settings name instead.</summary>
internal sealed class SessionClients(ServiceAddress service, IWebVersionSource version, TimeProvider time, IRandomSource random, ILoggerFactory loggers)
{
    public WhatsAppClient Create(IDeviceStore store, Guid sessionId)
    {
        var whatsApp = new ClientOptions();
        var other = service.Other;
        return new WhatsAppClient(
            new ClientOptions
            {
                Endpoint = other?.Url ?? whatsApp.Endpoint,
                RootKey = other?.RootKey ?? whatsApp.RootKey,
                Version = version,
                Time = time,
                Random = random,
            },
            store,
            new SessionLoggers(loggers, sessionId));
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
