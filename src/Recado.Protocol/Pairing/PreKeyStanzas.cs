using Recado.Protocol.Binary;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>What a device deposits with the service so that others can start sessions with it.</summary>
/// <param name="RegistrationId">The device's registration id.</param>
/// <param name="IdentityKey">The device's identity key, 32 bytes.</param>
/// <param name="PreKeys">One-time prekeys, each id once.</param>
/// <param name="SignedPreKey">The signed prekey; its signature is not checked by parsing.</param>
public sealed record PreKeyUpload(
    uint RegistrationId, byte[] IdentityKey, IReadOnlyList<PublicPreKey> PreKeys, PublicSignedPreKey SignedPreKey);

/// <summary>The requests by which a device hands its public prekeys to the service.</summary>
public static class PreKeyStanzas
{
    private const string Namespace = "encrypt";
    private const int MaxPreKeys = 4096;

    /// <summary>Deposits one-time prekeys together with the signed one.</summary>
    public static Node Upload(string id, LocalIdentity identity, IEnumerable<PreKey> preKeys, SignedPreKey signedPreKey)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(preKeys);
        return new(
            "iq",
            [("id", id), ("xmlns", Namespace), ("type", "set"), ("to", Jid.Service)],
            PreKeyNodes.Registration(identity.RegistrationId),
            PreKeyNodes.Type(),
            PreKeyNodes.Identity(identity.KeyPair.PublicKey),
            new Node("list", [], [.. preKeys.Select(key => PreKeyNodes.Key(key.Id, key.KeyPair.PublicKey))]),
            SignedKey(signedPreKey));
    }

    /// <summary>Replaces the signed prekey. Keep the old private key: messages made for it are still on their way.</summary>
    public static Node Rotate(string id, SignedPreKey signedPreKey) => new(
        "iq",
        [("to", Jid.Service), ("type", "set"), ("xmlns", Namespace), ("id", id)],
        new Node("rotate", [], SignedKey(signedPreKey)));

    /// <summary>The service's side of <see cref="Upload"/>.</summary>
    /// <exception cref="ProtocolException">A part is missing, has a wrong length, or an id occurs twice.</exception>
    public static PreKeyUpload ParseUpload(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        var list = iq.RequiredChild("list");
        if (list.Children.Count > MaxPreKeys)
            throw ProtocolException.MalformedStanza($"An upload of {list.Children.Count} prekeys is too large; {MaxPreKeys} is the limit.");

        var keys = list.ChildrenOf("key").Select(PreKeyNodes.ParseKey).ToList();
        if (keys.DistinctBy(key => key.Id).Count() != keys.Count)
            throw ProtocolException.MalformedStanza("A prekey id occurs twice in one upload.");

        return new(PreKeyNodes.ParseRegistration(iq), PreKeyNodes.ParseIdentity(iq), keys, PreKeyNodes.ParseSignedKey(iq));
    }

    /// <summary>The service's side of <see cref="Rotate"/>.</summary>
    /// <exception cref="ProtocolException">A part is missing or has a wrong length.</exception>
    public static PublicSignedPreKey ParseRotate(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        return PreKeyNodes.ParseSignedKey(iq.RequiredChild("rotate"));
    }

    private static Node SignedKey(SignedPreKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return PreKeyNodes.SignedKey(key.Id, key.KeyPair.PublicKey, key.Signature);
    }
}
