using System.Threading.Channels;
using Recado.Client;
using Recado.Client.Calls;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.People;

/// <summary>
/// Rejects a session's calls as they ring, and writes to who called, where the session's settings say so. The settings are read when a call
/// rings, so that a change counts at once.
/// </summary>
internal sealed class CallGuard(ISessionStore sessions, Guid sessionId, TimeProvider time, ILogger logger)
{
    private const int Limit = 64;

    /// <summary>Who calls again and again is not written to each time.</summary>
    private static readonly TimeSpan BetweenMessages = TimeSpan.FromMinutes(10);

    private readonly Channel<CallReceived> _ringing = Channel.CreateBounded<CallReceived>(
        new BoundedChannelOptions(Limit) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly Dictionary<Jid, DateTimeOffset> _written = [];

    /// <summary>A call rings. What rang while the session was away does so no longer.</summary>
    public void Ring(CallReceived call)
    {
        if (!call.IsOffline)
            _ringing.Writer.TryWrite(call);
    }

    public async Task RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        try
        {
            await foreach (var call in _ringing.Reader.ReadAllAsync(ct))
            {
                try
                {
                    await AnswerAsync(client, call, ct);
                }
                catch (Exception e) when (e is RecadoException or StorageException { IsTransient: true })
                {
                    logger.CallNotRejected(sessionId, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The session has come to rest.
        }
    }

    private async Task AnswerAsync(WhatsAppClient client, CallReceived call, CancellationToken ct)
    {
        if (await sessions.FindAsync(sessionId, ct) is not { Settings: { RejectCalls: true } settings })
            return;

        if (await client.Calls.RejectAsync(call.CallId, ct) != CallRejection.Done || settings.RejectCallsMessage is not { } text || !MayWrite(call.Caller))
            return;

        await client.SendAsync(new OutgoingMessage(call.Caller, new TextContent(text)), ct);
    }

    private bool MayWrite(Jid caller)
    {
        var now = time.GetUtcNow();
        foreach (var old in _written.Where(entry => now - entry.Value >= BetweenMessages).ToList())
            _written.Remove(old.Key);

        return _written.TryAdd(caller, now);
    }
}

/// <summary>Calls, ids 3140-3149.</summary>
internal static partial class CallLog
{
    [LoggerMessage(3140, LogLevel.Warning, "Session {SessionId} could not reject a call as its settings say: {Reason}")]
    public static partial void CallNotRejected(this ILogger logger, Guid sessionId, string reason);
}
