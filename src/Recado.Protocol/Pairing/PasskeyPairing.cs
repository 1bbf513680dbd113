using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Pairing;

/// <summary>The values derived while a device is linked with a passkey instead of a QR code.</summary>
internal static class PasskeyPairing
{
    private const int KeyLength = 32;

    /// <summary>Binds the attempt to the secret of the code shown before; good for five minutes.</summary>
    public static byte[] HandoffKey(ReadOnlySpan<byte> advSecret)
    {
        var key = new byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, advSecret, key, salt: [], info: "shortcake-passkey-handoff-v1"u8);
        return key;
    }

    public static byte[] HandoffProof(ReadOnlySpan<byte> handoffKey, ReadOnlySpan<byte> prologue) =>
        HMACSHA256.HashData(handoffKey, prologue);

    /// <summary>The companion's ephemeral identity, and the commitment to it and to the nonce that is shown later.</summary>
    public static byte[] Prologue(
        ReadOnlySpan<byte> ephemeralPublicKey, DevicePlatform platform, string reference, ReadOnlySpan<byte> companionNonce)
    {
        var identity = new CompanionEphemeralIdentity
        {
            PublicKey = ByteString.CopyFrom(ephemeralPublicKey),
            DeviceType = (DeviceProps.Types.PlatformType)platform,
            Ref = reference,
        }.ToByteString();
        return new ProloguePayload
        {
            CompanionEphemeralIdentity = identity,
            Commitment = new() { Hash = ByteString.CopyFrom(SHA256.HashData([.. identity.Span, .. companionNonce])) },
        }.ToByteArray();
    }

    /// <summary>The key under which the companion's long-term keys go to the phone.</summary>
    public static byte[] EncryptionKey(
        ReadOnlySpan<byte> ephemeralPrivateKey, ReadOnlySpan<byte> primaryPublicKey, DevicePlatform platform, string reference)
    {
        var shared = X25519.Agree(ephemeralPrivateKey, primaryPublicKey);
        var key = new byte[KeyLength];
        var salt = Encoding.UTF8.GetBytes(Salt(platform, reference));
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, key, salt, "Pairing Information Encryption Key"u8);
        CryptographicOperations.ZeroMemory(shared);
        return key;
    }

    public static string Salt(DevicePlatform platform, string reference) =>
        string.Create(CultureInfo.InvariantCulture, $"Companion Pairing {(int)platform} with ref {reference}");

    /// <summary>The code both screens show: the phone's nonce mixed with a hash of ours and of its key.</summary>
    public static string Code(ReadOnlySpan<byte> primaryNonce, ReadOnlySpan<byte> companionNonce, ReadOnlySpan<byte> primaryPublicKey)
    {
        Span<byte> mixed = SHA256.HashData([.. companionNonce, .. primaryPublicKey]);
        for (var i = 0; i < PairingCode.ByteLength; i++)
            mixed[i] ^= primaryNonce[i];

        return PairingCode.Format(mixed);
    }

    /// <summary>AES-256-GCM, tag at the end.</summary>
    public static byte[] EncryptRequest(PairingRequest request, ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv)
    {
        var payload = SealedBox.Seal(key, iv, request.ToByteArray(), associatedData: []);
        return new EncryptedPairingRequest
        {
            EncryptedPayload = UnsafeByteOperations.UnsafeWrap(payload),
            Iv = ByteString.CopyFrom(iv),
        }.ToByteArray();
    }
}
