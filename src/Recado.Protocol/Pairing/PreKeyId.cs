using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>Ids of prekeys on the wire: 3 bytes, big-endian.</summary>
public static class PreKeyId
{
    /// <summary>Length of an encoded id, in bytes.</summary>
    public const int Length = 3;

    /// <summary>The id as it goes into an <c>id</c> node.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is 0 or has more than 24 bits.</exception>
    public static byte[] Encode(uint id) => id is > 0 and <= PreKey.MaxId
        ? [(byte)(id >> 16), (byte)(id >> 8), (byte)id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"A prekey id lies between 1 and {PreKey.MaxId}.");

    /// <exception cref="ProtocolException">Not 3 bytes.</exception>
    /// <summary>The id in an <c>id</c> node.</summary>
    /// <exception cref="ProtocolException">There are not 3 bytes.</exception>
    public static uint Decode(ReadOnlySpan<byte> bytes) => bytes.Length == Length
        ? (uint)((bytes[0] << 16) | (bytes[1] << 8) | bytes[2])
        : throw ProtocolException.MalformedPayload($"A prekey id has {bytes.Length} bytes instead of {Length}.");
}
