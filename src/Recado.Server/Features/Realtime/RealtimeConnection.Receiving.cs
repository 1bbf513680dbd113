using System.Buffers;
using System.Net.WebSockets;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Realtime;

internal sealed partial class RealtimeConnection
{
    private const int ReadSize = 4096;

    private async Task ReceiveAsync(CancellationToken ct)
    {
        try
        {
            while (await ReceiveTextAsync(ct) is { } text)
                await HandleAsync(text, ct);
        }
        catch (Exception cause) when (cause is WebSocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The connection is gone; there is nobody to tell.
        }
        catch (Exception cause)
        {
            services.Logger.SocketFailed(cause, _user.Id);
            End(SocketEnd.Failed);
        }
        finally
        {
            End(SocketEnd.ByClient);
            _commands.Writer.Complete();
        }
    }

    /// <summary>The next text message, or null when the client closes. Once our own end is decided, what still comes is thrown away.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReceiveTextAsync(CancellationToken ct)
    {
        var text = new ArrayBufferWriter<byte>(ReadSize);
        while (true)
        {
            var part = await socket.ReceiveAsync(text.GetMemory(ReadSize), ct);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;

            if (part.MessageType == WebSocketMessageType.Binary)
                End(SocketEnd.NotText);
            else if (text.WrittenCount + part.Count > services.Options.LongestFrame)
                End(SocketEnd.TooBig);

            if (_end.Task.IsCompleted)
            {
                text.ResetWrittenCount();
                continue;
            }

            text.Advance(part.Count);
            if (part.EndOfMessage)
                return text.WrittenMemory;
        }
    }

    private async ValueTask HandleAsync(ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        var parsed = ParsedCommand.Parse(text);
        if (parsed.Command is not (ClientCommand.Ping or ClientCommand.Authenticate) && services.Limits.Sockets.Take(_user.Id) is { Allowed: false } quota)
        {
            var problem = Problems.Details(
                StatusCodes.Status429TooManyRequests, ErrorCodes.TooManyRequests, "Too many commands over this user's WebSockets. Try again later.");
            await AnswerAsync(ServerFrame.Error.Of(problem.WithRetryAfter(quota.ResetsIn), parsed.RequestId), ct);
            return;
        }

        switch (parsed.Command)
        {
            case null:
                await AnswerAsync(ServerFrame.Error.Of(parsed.Problem!, parsed.RequestId), ct);
                break;
            case ClientCommand.Ping:
                await AnswerAsync(new ServerFrame.Pong(services.Time.GetUtcNow()) { RequestId = parsed.RequestId }, ct);
                break;
            case ClientCommand.Subscribe subscribe:
                await AnswerAsync(await SubscribeAsync(subscribe, ct), ct);
                break;
            case ClientCommand.Authenticate authenticate:
                await AnswerAsync(await AuthenticateAsync(authenticate, ct), ct);
                break;
            case var command:
                await _commands.Writer.WriteAsync(command, ct);
                break;
        }
    }

    private async Task<ServerFrame> SubscribeAsync(ClientCommand.Subscribe command, CancellationToken ct)
    {
        if (CommandRules.Of(command).Check(_user) is { } refusal)
            return ServerFrame.Error.Of(refusal, command.RequestId);

        var last = await services.Log.LastEventIdAsync(_user.Id, ct);
        if (command.Since is { } since && since >= 0 && since <= last)
            return new ServerFrame.Subscribed(since) { RequestId = command.RequestId };

        return ServerFrame.Error.Of(
            Problems.InvalidField("since", $"'since' must be an eventId from 0 to {last}, the newest of yours."), command.RequestId);
    }

    /// <summary>A refused token changes nothing: the one before counts until its end. A key stays what it is: a token would widen its rights.</summary>
    private async Task<ServerFrame> AuthenticateAsync(ClientCommand.Authenticate command, CancellationToken ct)
    {
        if (_user.Key is not null)
        {
            return ServerFrame.Error.Of(
                Problems.Details(403, ErrorCodes.ForbiddenForApiKeys, "The socket was opened with an API key. Open another with the token."), command.RequestId);
        }

        var verdict = await services.Verifier.VerifyAsync(command.Token ?? "", ct);
        if (verdict is TokenVerdict.Accepted { User: var renewed } && renewed.Id == _user.Id)
        {
            _user = renewed;
            return new ServerFrame.Authenticated(renewed.ExpiresAt) { RequestId = command.RequestId };
        }

        var problem = verdict switch
        {
            TokenVerdict.Accepted => Problems.Details(401, ErrorCodes.Unauthorized, "The token is another user's. Open another socket with it."),
            TokenVerdict.Unavailable unavailable => Problems.Details(503, ErrorCodes.AuthUnavailable, unavailable.Reason),
            _ => Problems.Details(401, ErrorCodes.Unauthorized, ((TokenVerdict.Rejected)verdict).Reason),
        };
        return ServerFrame.Error.Of(problem, command.RequestId);
    }
}
