using System.Buffers.Binary;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>The public half of a one-time prekey.</summary>
public sealed record PublicPreKey(uint Id, byte[] PublicKey);

/// <summary>The public half of a signed prekey, with the 64 bytes of its signature.</summary>
public sealed record PublicSignedPreKey(uint Id, byte[] PublicKey, byte[] Signature);

/// <summary>
/// The nodes that prekey stanzas, bundles and retry receipts are made of. Keys are 32 raw bytes; a <c>type</c> beside them says 05.
/// </summary>
internal static class PreKeyNodes
{
    public static Node Registration(uint registrationId)
    {
        var bytes = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, registrationId);
        return Node.Of("registration", bytes);
    }

    public static Node Type() => Node.Of("type", [PublicKey.Type]);

    public static Node Identity(byte[] identityKey) => Node.Of("identity", identityKey);

    public static Node Key(uint id, byte[] publicKey) =>
        new("key", [], Node.Of("id", PreKeyId.Encode(id)), Node.Of("value", publicKey));

    public static Node SignedKey(uint id, byte[] publicKey, byte[] signature) =>
        new("skey", [], Node.Of("id", PreKeyId.Encode(id)), Node.Of("value", publicKey), Node.Of("signature", signature));

    public static uint ParseRegistration(Node parent) =>
        BinaryPrimitives.ReadUInt32BigEndian(Content(parent, "registration", sizeof(uint)));

    /// <summary>The identity key, once the type beside it is the known one.</summary>
    public static byte[] ParseIdentity(Node parent)
    {
        if (Content(parent, "type", 1)[0] != PublicKey.Type)
            throw ProtocolException.MalformedPayload($"The keys of <{parent.Tag}> are of an unknown type.");

        return Content(parent, "identity", X25519.KeyLength);
    }

    public static PublicPreKey ParseKey(Node key) => new(ParseId(key), Content(key, "value", X25519.KeyLength));

    public static PublicSignedPreKey ParseSignedKey(Node parent)
    {
        var key = parent.RequiredChild("skey");
        return new(ParseId(key), Content(key, "value", X25519.KeyLength), Content(key, "signature", XEdDsa.SignatureLength));
    }

    private static uint ParseId(Node key) => PreKeyId.Decode(Content(key, "id", PreKeyId.Length));

    private static byte[] Content(Node parent, string tag, int length)
    {
        var bytes = parent.RequiredChild(tag).Bytes;
        return bytes.Length == length
            ? bytes.ToArray()
            : throw ProtocolException.MalformedPayload($"<{tag}> in <{parent.Tag}> has {bytes.Length} bytes instead of {length}.");
    }
}
