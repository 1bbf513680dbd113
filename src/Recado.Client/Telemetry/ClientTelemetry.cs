using System.Diagnostics;
using System.Diagnostics.Metrics;
using Recado.Protocol.Signal;

namespace Recado.Client.Telemetry;

/// <summary>
/// What all clients of a process measure, as a meter and a source of activities of the same <see cref="Name"/>. Costs nothing while nobody listens.
/// No measurement names a person, a number or a message.
/// </summary>
public static class ClientTelemetry
{
    /// <summary>Name of the meter and of the activity source.</summary>
    public const string Name = "Recado.Client";

    internal static readonly ActivitySource Activities = new(Name);

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> DecryptFailures = Meter.CreateCounter<long>(
        "recado.client.decrypt.failures", "{message}", "Messages that could not be decrypted when they arrived");

    private static readonly Counter<long> RetriesAsked = Meter.CreateCounter<long>(
        "recado.client.retries.asked", "{retry}", "Messages asked for again because they could not be decrypted");

    private static readonly Counter<long> RetriesGiven = Meter.CreateCounter<long>(
        "recado.client.retries.given", "{retry}", "Messages given again to a device that could not decrypt them");

    private static readonly Histogram<double> AckDuration = Meter.CreateHistogram(
        "recado.client.send.duration", "s", "From encryption to WhatsApp's word on a message",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] });

    internal static void Undecryptable(SignalError error) =>
        DecryptFailures.Add(1, KeyValuePair.Create<string, object?>("error", error.ToString()));

    internal static void RetryAsked() => RetriesAsked.Add(1);

    internal static void RetryGiven() => RetriesGiven.Add(1);

    internal static void Acknowledged(TimeSpan since, bool isTaken) =>
        AckDuration.Record(since.TotalSeconds, KeyValuePair.Create<string, object?>("outcome", isTaken ? "sent" : "refused"));
}
