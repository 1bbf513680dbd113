using System.Net.WebSockets;
using System.Text.Json;
using Recado.Server.Features.Auth;
using Recado.Server.Storage;

namespace Recado.Server.Features.Realtime;

internal sealed partial class RealtimeConnection
{
    private const int EventsPerRead = 64;

    /// <summary>Timers cannot be set for years, and tokens may end then.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private DateTimeOffset? _announcedExpiry;

    private async Task SendAsync(CancellationToken ct)
    {
        try
        {
            await SendUntilEndAsync(ct);
        }
        catch (Exception cause) when (cause is WebSocketException or IOException or ObjectDisposedException)
        {
            End(SocketEnd.ByClient); // gone without a word
        }
        catch (Exception cause)
        {
            services.Logger.SocketFailed(cause, _user.Id);
            End(SocketEnd.Failed);
        }

        _answers.Writer.Complete();
        await SendCloseAsync(await _end.Task);
    }

    private async Task SendUntilEndAsync(CancellationToken ct)
    {
        using var watch = services.Log.Watch(_user.Id);
        var cursor = await services.Log.LastEventIdAsync(_user.Id, ct);
        var sessions = await services.Sessions.ListAsync(_user.Id, ct);
        await SendFrameAsync(new ServerFrame.SessionsUpdate([.. sessions.Where(row => MayHearOf(row.Id))]).ToBytes());

        var behind = true;
        while (!_end.Task.IsCompleted)
        {
            while (!_end.Task.IsCompleted && _answers.Reader.TryRead(out var answer))
            {
                if (answer is ServerFrame.Subscribed subscribed)
                    (cursor, behind) = (subscribed.Since, true);
                await SendFrameAsync(answer.ToBytes());
            }

            await MindExpiryAsync();
            if (behind)
                (cursor, behind) = await SendEventsAsync(cursor, ct);
            else
                behind = await WaitAsync(watch, ct);
        }
    }

    private async Task<(long Cursor, bool Behind)> SendEventsAsync(long cursor, CancellationToken ct)
    {
        var rows = await services.Log.ReadAsync(_user.Id, cursor, EventsPerRead, ct);
        foreach (var row in rows)
        {
            if (_end.Task.IsCompleted)
                break;

            if (MayHearOf(row) && await _events.RenderAsync(row, ct) is { } frame)
                await SendFrameAsync(frame);
            cursor = row.EventId;
        }

        return (cursor, rows.Count == EventsPerRead);
    }

    /// <summary>An API key hears of nothing unless it may read, and of no session that it does not reach.</summary>
    private bool MayHearOf(Guid? sessionId) => _user.May(ApiScopes.Read) && _user.Sees(sessionId);

    /// <summary>The session that an event names counts as well as its row's: a lead may have changed by hand, or by another session's message.</summary>
    private bool MayHearOf(EventRow row)
    {
        if (_user.Key?.Sessions is null)
            return MayHearOf(row.SessionId);

        using var payload = JsonDocument.Parse(row.Payload);
        var session = !payload.RootElement.TryGetProperty("sessionId", out var named) ? row.SessionId
            : named.ValueKind == JsonValueKind.String && named.TryGetGuid(out var id) ? id : null;
        return MayHearOf(session) && (row.SessionId is null || MayHearOf(row.SessionId));
    }

    /// <summary>Waits for an answer, an event, the token's time, or the end.</summary>
    /// <returns>Whether there may be new events.</returns>
    private async Task<bool> WaitAsync(IEventWatch watch, CancellationToken ct)
    {
        using var turn = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var answers = _answers.Reader.WaitToReadAsync(turn.Token).AsTask();
        var events = watch.WaitAsync(turn.Token).AsTask();
        var clock = Task.Delay(UntilExpiryMatters(), services.Time, turn.Token);

        await Task.WhenAny(answers, events, clock, _end.Task);
        await turn.CancelAsync();
        await Task.WhenAll(answers, events, clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return events.IsCompletedSuccessfully;
    }

    private async ValueTask MindExpiryAsync()
    {
        if (_user.ExpiresAt is not { } expires)
            return;

        var now = services.Time.GetUtcNow();
        if (now >= expires)
        {
            End(SocketEnd.Expired);
        }
        else if (now >= expires - services.Options.ExpiryNotice && _announcedExpiry != expires)
        {
            _announcedExpiry = expires;
            await SendFrameAsync(new ServerFrame.TokenExpiring(expires).ToBytes());
        }
    }

    private TimeSpan UntilExpiryMatters()
    {
        if (_user.ExpiresAt is not { } expires)
            return Timeout.InfiniteTimeSpan;

        var due = _announcedExpiry == expires ? expires : expires - services.Options.ExpiryNotice;
        var wait = due - services.Time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestWait ? wait : LongestWait;
    }

    /// <summary>Sends one frame. A client that is slow to take it gets it, and then 1013; one that does not take it at all is cut off.</summary>
    private async ValueTask SendFrameAsync(ReadOnlyMemory<byte> frame)
    {
        var sending = socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask();
        if (!await EndsWithinAsync(sending, services.Options.SlowAfter))
        {
            services.Logger.Slow(_user.Id);
            End(SocketEnd.Slow);
            if (!await EndsWithinAsync(sending, services.Options.DeadAfter - services.Options.SlowAfter))
                socket.Abort();
        }

        await sending;
    }

    private async Task SendCloseAsync(SocketEnd end)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived))
            return;

        var closing = socket.CloseOutputAsync(end.Status, end.Reason, CancellationToken.None);
        if (!await EndsWithinAsync(closing, services.Options.CloseTimeout))
            socket.Abort();
        await closing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async ValueTask<bool> EndsWithinAsync(Task task, TimeSpan time)
    {
        if (!task.IsCompleted)
            await task.WaitAsync(time, services.Time, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return task.IsCompleted;
    }
}
