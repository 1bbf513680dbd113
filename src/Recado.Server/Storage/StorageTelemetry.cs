using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recado.Server.Storage;

/// <summary>How long the database takes, whichever it is: waiting for a connection and for others' writes counts.</summary>
internal static class StorageTelemetry
{
    public const string Name = "Recado.Storage";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "recado.storage.duration", "s", "Time of a read or a write of the database",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    /// <param name="operation"><c>read</c> or <c>write</c>.</param>
    public static async Task<T> MeasureAsync<T>(string operation, Func<Task<T>> work)
    {
        if (!Duration.Enabled)
            return await work();

        var start = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await work();
            outcome = "done";
            return result;
        }
        finally
        {
            Duration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new("operation", operation), new("outcome", outcome));
        }
    }
}
