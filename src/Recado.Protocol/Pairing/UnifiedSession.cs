using System.Globalization;

namespace Recado.Protocol.Pairing;

/// <summary>The id by which the service groups the connections of one week.</summary>
public static class UnifiedSession
{
    private const long DayMs = 86_400_000;

    /// <summary><c>(time + 3 days) mod 7 days</c>, decimal.</summary>
    /// <param name="adjustedUnixMs">Unix milliseconds by the service's clock.</param>
    public static string Id(long adjustedUnixMs) => ((adjustedUnixMs + (3 * DayMs)) % (7 * DayMs)).ToString(CultureInfo.InvariantCulture);
}
