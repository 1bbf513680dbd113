namespace Recado.Server.Features.Realtime;

/// <summary>Limits of a WebSocket.</summary>
internal sealed record RealtimeOptions
{
    /// <summary>Longest text frame taken, in bytes. Default: 1 MiB.</summary>
    public int LongestFrame { get; init; } = 1024 * 1024;

    /// <summary>Sockets one user may hold open. Default: 100.</summary>
    public int MaxSocketsPerUser { get; init; } = 100;

    /// <summary>Sockets that may be open in all; fewer than connections may be upgraded, so that one more can be told why. Default: 9000.</summary>
    public int MaxSockets { get; init; } = 9000;

    /// <summary>Time between two pings. Default: 25 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(25);

    /// <summary>A client that takes longer than this to answer a ping is cut off. Default: 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A client that takes longer than this to take one frame is told to come back later. Default: 10 s.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A client that takes longer than this to take one frame is cut off. Default: 30 s.</summary>
    public TimeSpan DeadAfter { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long before its end a token is announced as expiring. Default: 60 s.</summary>
    public TimeSpan ExpiryNotice { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a client may take to answer a close frame. Default: 3 s.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
