using System.Net.WebSockets;
using System.Threading.Channels;
using Recado.Server.Features.ApiKeys;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Limits;
using Recado.Server.Storage;

namespace Recado.Server.Features.Realtime;

/// <summary>What every WebSocket works with.</summary>
internal sealed record RealtimeServices(
    IEventLog Log,
    ISessionStore Sessions,
    IGrainFactory Grains,
    CommandRouter Router,
    ITokenVerifier Verifier,
    RequestLimits Limits,
    ApiKeyVerifier KeyVerifier,
    KeyRevocations Revocations,
    RealtimeOptions Options,
    TimeProvider Time,
    ILogger<RealtimeConnection> Logger);

/// <summary>
/// One open WebSocket. Three loops and nothing else: one receives, one works off the commands in their order, one sends. The sending loop reads
/// the event log from its own cursor, so a slow client costs a number and not a queue.
/// </summary>
/// <param name="revoked">Ends when the socket's API key is revoked.</param>
internal sealed partial class RealtimeConnection(WebSocket socket, CommandSource source, Task revoked, RealtimeServices services)
{
    private const int AnswersAhead = 64;
    private const int CommandsAhead = 16;

    // Both full modes are Wait: a client that asks faster than it reads, or than we work, is not read from.
    private readonly Channel<ServerFrame> _answers = Channel.CreateBounded<ServerFrame>(new BoundedChannelOptions(AnswersAhead) { SingleReader = true });
    private readonly Channel<ClientCommand> _commands = Channel.CreateBounded<ClientCommand>(
        new BoundedChannelOptions(CommandsAhead) { SingleReader = true, SingleWriter = true });

    /// <summary>How the connection ends; whoever says it first decides.</summary>
    private readonly TaskCompletionSource<SocketEnd> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly EventRenderer _events = new(services.Grains);
    private volatile AuthenticatedUser _user = source.Caller;

    /// <summary>Serves the socket until it is closed. Never throws for anything the client does.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        services.Logger.Opened(_user.Id);
        using var lifetime = new CancellationTokenSource();
        await using var stop = stopping.Register(() => End(SocketEnd.Stopping));

        var ended = EndWhenRevokedAsync(lifetime.Token);
        var receiving = ReceiveAsync(lifetime.Token);
        var working = WorkAsync(stopping);
        await SendAsync(lifetime.Token);

        // The client's close frame, or its end, finishes the receiving; a client that says nothing more is not waited for.
        await receiving.WaitAsync(services.Options.CloseTimeout, services.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await lifetime.CancelAsync();
        socket.Abort();
        await receiving;
        await working; // what the client asked for before it left is still done
        await ended;

        var end = await _end.Task;
        services.Logger.Closed(_user.Id, (int)end.Status, end.Reason);
    }

    private async Task EndWhenRevokedAsync(CancellationToken ct)
    {
        await revoked.WaitAsync(ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (revoked.IsCompleted)
            End(SocketEnd.Revoked);
    }

    private void End(SocketEnd end) => _end.TrySetResult(end);

    /// <summary>Queues an answer; drops it when the sending is over.</summary>
    private async ValueTask AnswerAsync(ServerFrame answer, CancellationToken ct)
    {
        while (await _answers.Writer.WaitToWriteAsync(ct))
        {
            if (_answers.Writer.TryWrite(answer))
                return;
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync(stopping))
            {
                if (await services.Router.RouteAsync(command, source with { Caller = _user }, _events, stopping) is { } answer)
                    await AnswerAsync(answer, stopping);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The server's end is the client's answer.
        }
    }
}

/// <summary>A close status (RFC 6455 §7.4) and a reason of at most 123 bytes.</summary>
internal sealed record SocketEnd(WebSocketCloseStatus Status, string Reason)
{
    /// <summary>Registered at IANA, not in the framework's enumeration.</summary>
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013;

    public static readonly SocketEnd ByClient = new(WebSocketCloseStatus.NormalClosure, "");
    public static readonly SocketEnd Stopping = new(WebSocketCloseStatus.EndpointUnavailable, "The server is stopping.");
    public static readonly SocketEnd Unauthorized = new(WebSocketCloseStatus.PolicyViolation, "The token or API key is missing or not accepted.");
    public static readonly SocketEnd Expired = new(WebSocketCloseStatus.PolicyViolation, "The token or API key has expired.");
    public static readonly SocketEnd Revoked = new(WebSocketCloseStatus.PolicyViolation, "The API key was revoked.");
    public static readonly SocketEnd TooBig = new(WebSocketCloseStatus.MessageTooBig, "A frame may have 1 MiB at most.");
    public static readonly SocketEnd NotText = new(WebSocketCloseStatus.InvalidMessageType, "Send text frames.");
    public static readonly SocketEnd Failed = new(WebSocketCloseStatus.InternalServerError, "The server failed. Connect again and subscribe.");
    public static readonly SocketEnd Slow = new(TryAgainLater, "Too slow. Connect again and subscribe since the last eventId.");
    public static readonly SocketEnd TooMany = new(TryAgainLater, "Too many open sockets.");
    public static readonly SocketEnd AuthUnavailable = new(TryAgainLater, "The token or API key cannot be checked at the moment.");
}
