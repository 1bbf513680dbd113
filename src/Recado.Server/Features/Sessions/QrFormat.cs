using Microsoft.Net.Http.Headers;

namespace Recado.Server.Features.Sessions;

/// <summary>Picks a picture format by <c>Accept</c> (RFC 9110 §12.5.1); PNG when the request does not care.</summary>
internal static class QrFormat
{
    public const string Png = "image/png";
    public const string Svg = "image/svg+xml";

    /// <returns>A media type, or null when the request takes neither.</returns>
    public static string? Choose(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) || accepted.Count == 0)
            return Png;

        var (png, svg) = (QualityOf(Png, accepted), QualityOf(Svg, accepted));
        return (png, svg) switch
        {
            (0, 0) => null,
            _ => svg > png ? Svg : Png,
        };
    }

    /// <summary>The quality that the most specific matching range gives.</summary>
    private static double QualityOf(string format, IList<MediaTypeHeaderValue> accepted)
    {
        var type = new MediaTypeHeaderValue(format);
        return accepted.Where(a => type.IsSubsetOf(a))
            .OrderBy(a => a.MatchesAllTypes).ThenBy(a => a.MatchesAllSubTypes)
            .Select(a => a.Quality ?? 1)
            .FirstOrDefault();
    }
}
