namespace Recado.Interop.Tests.Harness;

/// <summary>How long anything may take: far more than it needs, also on a busy machine. Nothing waits for a time to pass.</summary>
internal static class Limits
{
    /// <summary>A whole test, in milliseconds.</summary>
    public const int Test = 600_000;

    /// <summary>One step of a test.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(2);
}
