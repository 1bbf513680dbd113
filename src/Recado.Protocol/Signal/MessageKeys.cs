using System.Security.Cryptography;

namespace Recado.Protocol.Signal;

/// <summary>
/// The keys of one message, over memory of the caller: <c>cipher key (32) ‖ MAC key (32) ‖ IV (16)</c>.
/// </summary>
internal readonly ref struct MessageKeys
{
    public const int Length = 80;
    public const int MacLength = 8;

    private readonly ReadOnlySpan<byte> _keys;

    public MessageKeys(ReadOnlySpan<byte> seed, Span<byte> memory)
    {
        HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, memory[..Length], salt: [], info: "WhisperMessageKeys"u8);
        _keys = memory[..Length];
    }

    public ReadOnlySpan<byte> CipherKey => _keys[..32];

    public ReadOnlySpan<byte> MacKey => _keys[32..64];

    public ReadOnlySpan<byte> Iv => _keys[64..];

    /// <summary>The first 8 bytes of <c>HMAC(05 ‖ sender ‖ 05 ‖ receiver ‖ message)</c>.</summary>
    public void WriteMac(
        ReadOnlySpan<byte> senderIdentity, ReadOnlySpan<byte> receiverIdentity, ReadOnlySpan<byte> message, Span<byte> destination)
    {
        Span<byte> identities = stackalloc byte[2 * PublicKey.EncodedLength];
        PublicKey.Write(senderIdentity, identities);
        PublicKey.Write(receiverIdentity, identities[PublicKey.EncodedLength..]);

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, MacKey);
        hmac.AppendData(identities);
        hmac.AppendData(message);
        hmac.GetHashAndReset(mac);
        mac[..MacLength].CopyTo(destination);
    }
}
