using Recado.Protocol.Binary;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Pairing;

/// <summary>Prekey bundles on the wire: inside <c>user</c> of a key answer, and spread over a retry receipt.</summary>
public static class PreKeyBundleNodes
{
    /// <summary>
    /// Reads the bundle of a <c>user</c> node, or of a retry receipt: there the registration stands beside a <c>keys</c> node
    /// that holds the rest. The signature is checked when a session starts.
    /// </summary>
    /// <exception cref="ProtocolException">A part is missing or has a wrong length.</exception>
    public static PreKeyBundle Parse(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var keys = node.Child("keys") ?? node;
        var registrationId = PreKeyNodes.ParseRegistration(keys.Child("registration") is null ? node : keys);
        var preKey = keys.Child("key") is { } key ? PreKeyNodes.ParseKey(key) : null;
        var signedPreKey = PreKeyNodes.ParseSignedKey(keys);
        return new(
            registrationId,
            PreKeyNodes.ParseIdentity(keys),
            preKey?.Id,
            preKey?.PublicKey,
            signedPreKey.Id,
            signedPreKey.PublicKey,
            signedPreKey.Signature);
    }

    /// <summary>The children of a <c>user</c> node in a key answer.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="deviceIdentity">The device's signed identity, for companions.</param>
    public static IReadOnlyList<Node> Format(PreKeyBundle bundle, byte[]? deviceIdentity = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return [PreKeyNodes.Registration(bundle.RegistrationId), .. Keys(bundle, deviceIdentity)];
    }

    /// <summary>The children of a retry receipt that let the sender start a new session: <c>registration</c> and <c>keys</c>.</summary>
    /// <param name="bundle">The bundle, with a one-time prekey made for this receipt.</param>
    /// <param name="deviceIdentity">The own signed identity, for companions.</param>
    public static IReadOnlyList<Node> FormatRetry(PreKeyBundle bundle, byte[]? deviceIdentity = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        return [PreKeyNodes.Registration(bundle.RegistrationId), new Node("keys", [], Keys(bundle, deviceIdentity))];
    }

    /// <summary>The <c>registration</c> child alone, for a retry receipt without keys.</summary>
    public static Node FormatRegistration(uint registrationId) => PreKeyNodes.Registration(registrationId);

    /// <summary>The <c>registration</c> child of a retry receipt.</summary>
    /// <exception cref="ProtocolException">It is missing or has a wrong length.</exception>
    public static uint ParseRegistration(Node receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return PreKeyNodes.ParseRegistration(receipt);
    }

    private static List<Node> Keys(PreKeyBundle bundle, byte[]? deviceIdentity)
    {
        var nodes = new List<Node> { PreKeyNodes.Type(), PreKeyNodes.Identity(bundle.IdentityKey) };
        if (bundle is { PreKeyId: { } preKeyId, PreKey: { } preKey })
            nodes.Add(PreKeyNodes.Key(preKeyId, preKey));
        nodes.Add(PreKeyNodes.SignedKey(bundle.SignedPreKeyId, bundle.SignedPreKeyPublic, bundle.SignedPreKeySignature));
        if (deviceIdentity is not null)
            nodes.Add(Node.Of("device-identity", deviceIdentity));

        return nodes;
    }
}
