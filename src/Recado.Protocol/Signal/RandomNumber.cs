using System.Buffers.Binary;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Signal;

/// <summary>Numbers for ids, from the random source the caller was given.</summary>
internal static class RandomNumber
{
    /// <summary>0 to 2^31 − 1; draws 4 bytes.</summary>
    public static uint Next31Bit(IRandomSource random)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        random.Fill(bytes);
        return BinaryPrimitives.ReadUInt32BigEndian(bytes) & int.MaxValue;
    }
}
