using System.Net;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Limits;

/// <summary>How much may be asked in a window of time: of this process, which knows nothing of what others count.</summary>
internal sealed class RequestLimits(RecadoSettings settings, TimeProvider time)
{
    public RequestWindow<IPAddress> Addresses { get; } = new(settings.RateLimitMax, settings.RateLimitWindow, time, ClientNetwork.Unknown);

    public RequestWindow<Guid> Users { get; } = new(settings.UserRateLimitMax, settings.RateLimitWindow, time, Guid.Empty);

    /// <summary>Commands over WebSockets, by user.</summary>
    public RequestWindow<Guid> Sockets { get; } = new(settings.SocketRateLimitMax, settings.RateLimitWindow, time, Guid.Empty);
}
