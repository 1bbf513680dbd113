using System.Net;
using System.Net.Sockets;

namespace Recado.Server.Features.Limits;

/// <summary>What counts as one client, by its address.</summary>
internal static class ClientNetwork
{
    public static readonly IPAddress Unknown = IPAddress.IPv6Any;

    /// <summary>An IPv6 customer holds a /64 at the least, so a single address of it says nothing.</summary>
    public static IPAddress Of(IPAddress? address)
    {
        if (address is null)
            return Unknown;
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
            return address;

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
