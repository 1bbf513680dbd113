using Recado.Protocol.Binary;

namespace Recado.Protocol.Media;

/// <summary>Leave to use the media hosts.</summary>
/// <param name="Auth">What every upload shows.</param>
/// <param name="Hosts">Host names, some with a port, best first.</param>
/// <param name="Ttl">For how long the list of hosts is good.</param>
/// <param name="AuthTtl">For how long <paramref name="Auth"/> is good.</param>
public sealed record MediaConnection(string Auth, IReadOnlyList<string> Hosts, TimeSpan Ttl, TimeSpan AuthTtl)
{
    private const int MaxHosts = 64;
    private const int MaxSeconds = 30 * 24 * 60 * 60;

    /// <summary>Asks the service for it.</summary>
    public static Node Request(string id) =>
        new("iq", [("id", id), ("xmlns", "w:m"), ("type", "set"), ("to", Jid.Service)], new Node("media_conn"));

    /// <summary>The service's answer.</summary>
    /// <exception cref="ProtocolException">A part is missing, or a host name is none.</exception>
    public static MediaConnection Parse(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var connection = iq.RequiredChild("media_conn");
        var hosts = connection.ChildrenOf("host").Take(MaxHosts).Select(host => host.Required("hostname")).ToList();
        if (hosts.Count == 0)
            throw ProtocolException.MalformedStanza("The service names no media host.");
        if (!hosts.All(IsHost))
            throw ProtocolException.MalformedStanza("The service names a media host that is no host name.");

        return new(connection.Required("auth"), hosts, Seconds(connection, "ttl"), Seconds(connection, "auth_ttl"));
    }

    /// <summary>The service's side of <see cref="Parse"/>.</summary>
    public Node ToNode() => new(
        "media_conn",
        [("auth", Auth), ("ttl", (long)Ttl.TotalSeconds), ("auth_ttl", (long)AuthTtl.TotalSeconds), ("max_buckets", 12)],
        [.. Hosts.Select(host => new Node("host", [("hostname", host)]))]);

    /// <summary>A host name or address, which may have a port, and nothing else.</summary>
    private static bool IsHost(string text) =>
        Uri.TryCreate($"https://{text}/", UriKind.Absolute, out var url) && string.Equals(url.Authority, text, StringComparison.OrdinalIgnoreCase);

    private static TimeSpan Seconds(Node connection, string attribute)
    {
        var seconds = connection.NumberOf(attribute)
            ?? throw ProtocolException.MalformedStanza($"The attribute '{attribute}' of <media_conn> is missing or no number.");
        return TimeSpan.FromSeconds(Math.Clamp(seconds, 0, MaxSeconds));
    }
}
