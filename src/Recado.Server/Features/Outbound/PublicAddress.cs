using System.Net;
using System.Net.Sockets;

namespace Recado.Server.Features.Outbound;

/// <summary>
/// Which addresses belong to the public Internet (IANA special-purpose registries, RFC 6890). Whoever names a link must not reach this
/// machine, its neighbours, or the metadata service of its cloud through us.
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] Reserved4 =
    [
        Network("0.0.0.0/8"),          // this network
        Network("10.0.0.0/8"),         // private
        Network("100.64.0.0/10"),      // carrier-grade NAT
        Network("127.0.0.0/8"),        // loopback
        Network("168.63.129.16/32"),   // Azure's platform service
        Network("169.254.0.0/16"),     // link-local, metadata services
        Network("172.16.0.0/12"),      // private
        Network("192.0.0.0/24"),       // protocol assignments
        Network("192.0.2.0/24"),       // documentation
        Network("192.88.99.0/24"),     // 6to4 relays
        Network("192.168.0.0/16"),     // private
        Network("198.18.0.0/15"),      // benchmarks
        Network("198.51.100.0/24"),    // documentation
        Network("203.0.113.0/24"),     // documentation
        Network("224.0.0.0/4"),        // multicast
        Network("240.0.0.0/4"),        // reserved, broadcast
    ];

    private static readonly IPNetwork Global6 = Network("2000::/3"), Nat64 = Network("64:ff9b::/96"), SixToFour = Network("2002::/16");

    private static readonly IPNetwork[] Reserved6 =
    [
        Network("2001::/23"),          // protocol assignments, Teredo among them
        Network("2001:db8::/32"),      // documentation
        Network("3fff::/20"),          // documentation
    ];

    public static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return !Array.Exists(Reserved4, network => network.Contains(address));

        // What only wraps an IPv4 address is as public as that is.
        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(12, 4)));
        if (SixToFour.Contains(address))
            return IsPublic(new IPAddress(bytes.AsSpan(2, 4)));

        return Global6.Contains(address) && !Array.Exists(Reserved6, network => network.Contains(address));
    }

    private static IPNetwork Network(string text) => IPNetwork.Parse(text);
}
