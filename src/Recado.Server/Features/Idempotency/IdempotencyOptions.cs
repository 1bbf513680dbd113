namespace Recado.Server.Features.Idempotency;

/// <summary>How requests with an <c>Idempotency-Key</c> are remembered.</summary>
internal sealed record IdempotencyOptions
{
    /// <summary>How long an answer is given again. Default: 24 h.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long an attempt that says nothing counts as alive; it says so three times in that time. Default: 15 s.</summary>
    public TimeSpan Claim { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a second equal request waits for the first one's answer. Default: 20 s.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between two looks at what has become of the first request. Default: 100 ms.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest body that is kept to be given again, in bytes. Default: 1 MiB.</summary>
    public int LongestBody { get; init; } = 1024 * 1024;
}
