using Recado.Protocol.Crypto;

namespace Recado.Protocol.Signal;

/// <summary>This device's own long-term identity.</summary>
/// <param name="KeyPair">The identity key pair.</param>
/// <param name="RegistrationId">A number chosen at installation, 1 to 16,380; changes when the device registers anew.</param>
public sealed record LocalIdentity(KeyPair KeyPair, uint RegistrationId)
{
    private const uint MaxRegistrationId = 16_380;

    /// <summary>A new identity for a device that was never paired.</summary>
    public static LocalIdentity Generate(IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return new(KeyPair.Generate(random), (RandomNumber.Next31Bit(random) % MaxRegistrationId) + 1);
    }
}

/// <summary>A one-time prekey: used by one peer for one first message, then deleted.</summary>
/// <param name="Id">1 to 16,777,215; 0 is not used, since some clients take it for absent.</param>
/// <param name="KeyPair">The key pair.</param>
public sealed record PreKey(uint Id, KeyPair KeyPair)
{
    /// <summary>The largest id that fits the three bytes it has on the wire.</summary>
    public const uint MaxId = 0xFF_FFFF;

    /// <summary>The id after <paramref name="id"/>; 1 follows the largest.</summary>
    public static uint NextId(uint id) => id >= MaxId ? 1 : id + 1;
}

/// <summary>The medium-term prekey, signed by the identity key.</summary>
/// <param name="Id">1 to 16,777,215.</param>
/// <param name="KeyPair">The key pair.</param>
/// <param name="Signature">64 bytes, over the type byte and the public key.</param>
public sealed record SignedPreKey(uint Id, KeyPair KeyPair, byte[] Signature)
{
    /// <summary>Makes a new key pair and signs it. Draws 32 bytes for the key, then 64 for the signature.</summary>
    public static SignedPreKey Create(uint id, KeyPair identity, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var keyPair = KeyPair.Generate(random);
        Span<byte> signed = stackalloc byte[PublicKey.EncodedLength];
        PublicKey.Write(keyPair.PublicKey, signed);
        return new(id, keyPair, XEdDsa.Sign(identity.PrivateKey, signed, random));
    }
}

/// <summary>The public keys of a device, enough to start a session with it. Keys are 32 raw bytes.</summary>
/// <param name="RegistrationId">The device's registration id.</param>
/// <param name="IdentityKey">The device's identity key.</param>
/// <param name="PreKeyId">Id of the one-time prekey; absent when the service had none left.</param>
/// <param name="PreKey">The one-time prekey.</param>
/// <param name="SignedPreKeyId">Id of the signed prekey.</param>
/// <param name="SignedPreKeyPublic">The signed prekey.</param>
/// <param name="SignedPreKeySignature">64 bytes; checked when a session starts.</param>
public sealed record PreKeyBundle(
    uint RegistrationId,
    byte[] IdentityKey,
    uint? PreKeyId,
    byte[]? PreKey,
    uint SignedPreKeyId,
    byte[] SignedPreKeyPublic,
    byte[] SignedPreKeySignature);

/// <summary>The own private keys a first message asks for, as far as they are stored.</summary>
/// <param name="SignedPreKey">The signed prekey named in the header, or none.</param>
/// <param name="PreKey">The one-time prekey named in the header, or none.</param>
public sealed record PreKeyMaterial(SignedPreKey? SignedPreKey, PreKey? PreKey);
