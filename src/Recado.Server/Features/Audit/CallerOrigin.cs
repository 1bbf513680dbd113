using System.Net;

namespace Recado.Server.Features.Audit;

/// <summary>Where a call comes from.</summary>
/// <param name="Address">After the proxies that are trusted.</param>
internal sealed record CallerOrigin(string? Address, string? UserAgent)
{
    private const int LongestAgent = 120;

    public static CallerOrigin Of(HttpContext http) => new(Text(http.Connection.RemoteIpAddress), Shorten(http.Request.Headers.UserAgent.ToString()));

    private static string? Text(IPAddress? address) => (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();

    private static string? Shorten(string agent)
    {
        var text = string.Concat(agent.Where(c => !char.IsControl(c)).Take(LongestAgent));
        return text.Length == 0 ? null : text;
    }
}
