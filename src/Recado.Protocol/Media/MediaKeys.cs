using System.Security.Cryptography;

namespace Recado.Protocol.Media;

/// <summary>
/// The keys of one file: <c>iv(16) ‖ cipher key(32) ‖ MAC key(32) ‖ reference key(32) = HKDF-SHA256(media key, no salt, label, 112)</c>.
/// </summary>
internal readonly struct MediaKeys
{
    public const int MediaKeyLength = 32;

    private const int IvLength = 16;
    private const int KeyLength = 32;

    private readonly byte[] _bytes;

    private MediaKeys(byte[] bytes) => _bytes = bytes;

    public ReadOnlySpan<byte> Iv => _bytes.AsSpan(0, IvLength);

    public ReadOnlySpan<byte> CipherKey => _bytes.AsSpan(IvLength, KeyLength);

    public ReadOnlySpan<byte> MacKey => _bytes.AsSpan(IvLength + KeyLength, KeyLength);

    /// <summary>Not used by companions; listed so that the derivation is complete.</summary>
    public ReadOnlySpan<byte> ReferenceKey => _bytes.AsSpan(IvLength + (2 * KeyLength), KeyLength);

    /// <exception cref="ProtocolException">The media key has not 32 bytes.</exception>
    public static MediaKeys Derive(ReadOnlySpan<byte> mediaKey, MediaKind kind)
    {
        if (mediaKey.Length != MediaKeyLength)
            throw ProtocolException.MalformedPayload($"A media key has {mediaKey.Length} bytes instead of {MediaKeyLength}.");

        var bytes = new byte[IvLength + (3 * KeyLength)];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, mediaKey, bytes, salt: [], info: kind.ToKeyLabel());
        return new(bytes);
    }
}
