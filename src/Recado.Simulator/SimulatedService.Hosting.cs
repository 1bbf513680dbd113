using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recado.Simulator.Media;
using Recado.Simulator.Service;
using Recado.Simulator.State;

namespace Recado.Simulator;

/// <summary>Life of the service: its own web server or another one's, its connections, its state file.</summary>
public sealed partial class SimulatedService
{
    private const string WhatsAppOrigin = "https://web.whatsapp.com";

    private readonly HashSet<ClientConnection> _connections = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly StateKeeper? _keeper;
    private WebApplication? _host;
    private int _connectionCount;
    private int _disposed;

    internal SimulatedService(SimulatorOptions options)
    {
        _options = options;
        _logger = options.Loggers.CreateLogger<SimulatedService>();
        _exchange = new Exchange(options);
        if (options.StateFile is null)
        {
            _identity = ServiceIdentity.Create(options);
            _exchange.Media = new MediaHost(options, _exchange, authority: null);
            return;
        }

        var file = new StateFile(options.StateFile);
        var state = file.Read();
        _identity = state is null ? ServiceIdentity.Create(options) : ServiceIdentity.Restore(state.Authority, state.StaticKey, options.Random);
        _exchange.Media = new MediaHost(options, _exchange, state?.MediaAuthority);
        foreach (var account in state?.Accounts ?? [])
        {
            _exchange.Accounts.Add(StateMapper.Restore(_exchange, account, isComplete: state!.Clean));
        }

        RestoreGroups(state);
        _keeper = new StateKeeper(_exchange, file, Snapshot, _logger);
        _exchange.Checkpoint = _keeper.Checkpoint;
    }

    /// <summary>Starts a service with its own web server.</summary>
    /// <exception cref="IOException">The port is taken, or the state file cannot be read.</exception>
    public static async Task<SimulatedService> StartAsync(SimulatorOptions? options = null, CancellationToken ct = default)
    {
        options ??= new SimulatorOptions();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(options.Loggers);
        builder.Services.AddProblemDetails();
        builder.WebHost.UseUrls($"http://{options.Host}:{options.Port.ToString(CultureInfo.InvariantCulture)}");

        var service = new SimulatedService(options);
        builder.Services.AddSingleton(service);
        var host = builder.Build();
        service._host = host;
        host.MapSimulator();
        try
        {
            await service.StartMediaAsync(ct);
            await host.StartAsync(ct);
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }

        service._logger.Listening(service.WebSocketUrl);
        if (options.Host is not ("127.0.0.1" or "localhost" or "[::1]"))
            service._logger.ListeningToTheNetwork(options.Host);

        return service;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;

        await _stopping.CancelAsync();
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }

        if (_keeper is not null)
            await _keeper.DisposeAsync();

        await _exchange.Media.DisposeAsync();

        _stopping.Dispose();
    }

    /// <summary>Opens the media host's port. For web servers that host the service: before the first client connects.</summary>
    internal async Task StartMediaAsync(CancellationToken ct)
    {
        await _exchange.Media.StartAsync(ct);
        foreach (var account in _exchange.Read(() => _exchange.Accounts.All.ToList()))
            await account.Endpoint.RestoreHistoryAsync();
    }

    /// <summary>Takes a request to <c>/ws/chat</c>.</summary>
    internal async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await TypedResults.Problem("This address speaks WebSocket only.", statusCode: StatusCodes.Status426UpgradeRequired).ExecuteAsync(context);
            return;
        }

        if (_options.Strict && context.Request.Headers.Origin != WhatsAppOrigin)
        {
            _logger.OriginRefused();
            await TypedResults.Problem($"The Origin header must be {WhatsAppOrigin}.", statusCode: StatusCodes.Status403Forbidden).ExecuteAsync(context);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await ServeAsync(socket, context.RequestAborted);
    }

    private async Task ServeAsync(WebSocket socket, CancellationToken aborted)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(aborted, _stopping.Token);
        var name = $"conn{Interlocked.Increment(ref _connectionCount).ToString(CultureInfo.InvariantCulture)}";
        using var connection = new ClientConnection(_exchange, _identity, socket, name, _logger);
        lock (_connections)
            _connections.Add(connection);

        try
        {
            await connection.RunAsync(ending.Token);
        }
        finally
        {
            lock (_connections)
                _connections.Remove(connection);
        }
    }

    /// <summary>Restores what refers to several accounts, once all of them are there.</summary>
    private void RestoreGroups(ServiceState? state)
    {
        if (state is null)
            return;

        foreach (var group in state.Groups)
        {
            GroupStateMapper.Restore(_exchange, group, isComplete: state.Clean);
        }

        foreach (var code in state.RevokedCodes)
        {
            _exchange.Groups.Revoke(code);
        }

        GroupStateMapper.Restore(_exchange, _exchange.GroupMessages.StatusKeys, state.StatusKeys, isComplete: state.Clean);
        foreach (var account in state.Accounts)
        {
            _exchange.Accounts.ByPhone(account.Phone)!.Endpoint.RestoreSenderKeys(account.Endpoint, isComplete: state.Clean);
        }
    }

    private ServiceState Snapshot(bool isLast)
    {
        var (authority, staticKey) = _identity.Export();
        return new ServiceState(ServiceState.CurrentFormat, isLast, authority, staticKey, [.. _exchange.Accounts.All.Select(StateMapper.Save)])
        {
            MediaAuthority = _exchange.Media.AuthorityState,
            Groups = [.. _exchange.Groups.All.Select(GroupStateMapper.Save)],
            RevokedCodes = [.. _exchange.Groups.RevokedCodes],
            StatusKeys = GroupStateMapper.Save(_exchange.GroupMessages.StatusKeys),
        };
    }
}
