using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>Ids of prekeys on the wire: 3 bytes, big-endian.</summary>
internal static class PreKeyId
{
    public const int Length = 3;

    public static byte[] Encode(uint id) => id is > 0 and <= PreKey.MaxId
        ? [(byte)(id >> 16), (byte)(id >> 8), (byte)id]
        : throw new ArgumentOutOfRangeException(nameof(id), id, $"A prekey id lies between 1 and {PreKey.MaxId}.");

    /// <exception cref="ProtocolException">Not 3 bytes.</exception>
    public static uint Decode(ReadOnlySpan<byte> bytes) => bytes.Length == Length
        ? (uint)((bytes[0] << 16) | (bytes[1] << 8) | bytes[2])
        : throw ProtocolException.MalformedPayload($"A prekey id has {bytes.Length} bytes instead of {Length}.");
}
