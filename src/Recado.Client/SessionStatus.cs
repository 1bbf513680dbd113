using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Client.Stores;

namespace Recado.Client;

/// <summary>The session's state as last published. A state that only repeats the one before is not published again.</summary>
internal sealed class SessionStatus(DeviceState state, ILogger logger)
{
    private StateChanged _last = new(SessionState.Disconnected);

    public SessionState Current => Volatile.Read(ref _last).State;

    /// <summary>Publishes a state with nothing else.</summary>
    public async Task<Publication?> SetAsync(SessionState next, DisconnectReason? reason, string? detail, CancellationToken ct)
    {
        if (_last is { } last && last.State == next && last.Reason == reason)
            return null;

        using var device = await state.BeginNowAsync(ct).ConfigureAwait(false);
        Set(device, next, reason, detail);
        return device.Publish();
    }

    /// <summary>Publishes a state with the transaction.</summary>
    public void Set(DeviceTransaction device, SessionState next, DisconnectReason? reason, string? detail)
    {
        Volatile.Write(ref _last, new(next, reason, detail));
        device.Events.Add(_last);
        ClientLog.StateChanged(logger, next, detail ?? "");
    }
}
