using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Recado.Protocol.AppState;

/// <summary>
/// A hash of a set that follows its changes: 64 lanes of 16 bits, little-endian. An item, which is the MAC of a value, is expanded by
/// <c>HKDF-SHA256(item, no salt, "WhatsApp Patch Integrity", 128)</c> and added to the lanes or subtracted from them, modulo 65,536.
/// </summary>
internal sealed class LtHash
{
    public const int Length = 128;

    private readonly byte[] _lanes = new byte[Length];

    public LtHash(ReadOnlySpan<byte> hash)
    {
        if (hash.Length != Length)
            throw new ArgumentException($"A hash has {Length} bytes.", nameof(hash));

        hash.CopyTo(_lanes);
    }

    public void Add(ReadOnlySpan<byte> item) => Combine(item, sign: 1);

    public void Subtract(ReadOnlySpan<byte> item) => Combine(item, sign: -1);

    public byte[] ToArray() => [.. _lanes];

    private void Combine(ReadOnlySpan<byte> item, int sign)
    {
        Span<byte> expanded = stackalloc byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, item, expanded, salt: [], info: "WhatsApp Patch Integrity"u8);
        for (var i = 0; i < Length; i += sizeof(ushort))
        {
            var lane = _lanes.AsSpan(i);
            var sum = BinaryPrimitives.ReadUInt16LittleEndian(lane) + (sign * BinaryPrimitives.ReadUInt16LittleEndian(expanded[i..]));
            BinaryPrimitives.WriteUInt16LittleEndian(lane, unchecked((ushort)sum));
        }
    }
}
