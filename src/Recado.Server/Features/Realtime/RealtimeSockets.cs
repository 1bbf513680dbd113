using System.Net.WebSockets;
using Recado.Server.Features.ApiKeys;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Telemetry;

namespace Recado.Server.Features.Realtime;

/// <summary>Opens WebSockets: checks the token or API key, bounds how many a user holds, and closes them all when the server stops.</summary>
internal sealed class RealtimeSockets(RealtimeServices services, SessionMetrics metrics, IHostApplicationLifetime lifetime)
{
    private static readonly Task Never = new TaskCompletionSource().Task;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, int> _open = [];
    private int _all;

    /// <summary>Serves the request's WebSocket to its end.</summary>
    public async Task ServeAsync(HttpContext context)
    {
        var (token, key) = (BearerToken.OfWebSocket(context), ApiKeyHandler.KeyOfWebSocket(context.Request));
        using var revocation = key is null ? null : services.Revocations.Begin(key); // before the key is looked up
        var verdict = (token, key) switch
        {
            ({ } given, null) => await services.Verifier.VerifyAsync(given, context.RequestAborted),
            (null, { } given) => await services.KeyVerifier.VerifyAsync(given, context.RequestAborted),
            _ => null, // nothing, or two callers at once
        };

        // Browsers show a close code and hide the status of a refused upgrade, so a bad token is told after the upgrade.
        var protocol = context.WebSockets.WebSocketRequestedProtocols.Contains(BearerToken.Subprotocol) ? BearerToken.Subprotocol : null;
        using var socket = await context.WebSockets.AcceptWebSocketAsync(protocol);

        switch (verdict)
        {
            case TokenVerdict.Accepted { User: var user } when Enter(user.Id):
                try
                {
                    using var tracked = metrics.TrackSocket();
                    var source = new CommandSource(user, CallerOrigin.Of(context));
                    await new RealtimeConnection(socket, source, revocation?.Revoked ?? Never, services).RunAsync(lifetime.ApplicationStopping);
                }
                finally
                {
                    Leave(user.Id);
                }

                break;
            case TokenVerdict.Accepted:
                await RefuseAsync(socket, SocketEnd.TooMany);
                break;
            case TokenVerdict.Unavailable:
                await RefuseAsync(socket, SocketEnd.AuthUnavailable);
                break;
            default:
                await RefuseAsync(socket, SocketEnd.Unauthorized);
                break;
        }
    }

    private async Task RefuseAsync(WebSocket socket, SocketEnd end)
    {
        using var patience = new CancellationTokenSource(services.Options.CloseTimeout, services.Time);
        try
        {
            await socket.CloseAsync(end.Status, end.Reason, patience.Token);
        }
        catch (Exception cause) when (cause is WebSocketException or OperationCanceledException)
        {
            socket.Abort(); // it does not even take the refusal
        }
    }

    private bool Enter(Guid user)
    {
        lock (_gate)
        {
            var open = _open.GetValueOrDefault(user);
            if (open >= services.Options.MaxSocketsPerUser || _all >= services.Options.MaxSockets)
                return false;

            _all++;
            _open[user] = open + 1;
            return true;
        }
    }

    private void Leave(Guid user)
    {
        lock (_gate)
        {
            _all--;
            if (--_open[user] == 0)
                _open.Remove(user);
        }
    }
}
