namespace Recado.Server.Features.Sessions;

/// <summary>
/// How fast a session may send: a bucket of so many messages that fills up again at a steady rate. A person's pace; a linked device that writes
/// faster than people do is what WhatsApp bans. Used on the scheduler of the session's grain only.
/// </summary>
/// <param name="perMinute">How many messages a minute gives; 0 for no limit.</param>
/// <param name="burst">How many may go at once after a pause.</param>
internal sealed class SendPace(int perMinute, int burst, TimeProvider time)
{
    private double _left = burst;
    private long _at = time.GetTimestamp();

    /// <summary>Takes room for one message.</summary>
    /// <returns>Null when there was room, otherwise after how long there will be.</returns>
    public TimeSpan? Take()
    {
        if (perMinute == 0)
            return null;

        var now = time.GetTimestamp();
        _left = Math.Min(burst, _left + time.GetElapsedTime(_at, now).TotalMinutes * perMinute);
        _at = now;
        if (_left >= 1)
        {
            _left--;
            return null;
        }

        return TimeSpan.FromMinutes((1 - _left) / perMinute) + TimeSpan.FromMilliseconds(1); // past the rounding
    }

    /// <summary>Nothing was sent after all.</summary>
    public void GiveBack() => _left = Math.Min(burst, _left + 1);
}
