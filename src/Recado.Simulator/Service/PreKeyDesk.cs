using System.Security.Cryptography;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Public Signal keys: uploads by their owners, bundles for everybody else.</summary>
internal sealed class PreKeyDesk(Exchange exchange)
{
    private const int MaxPreKeys = 5_000;

    /// <summary>The answer to an <c>iq</c> of namespace <c>encrypt</c>.</summary>
    public Node Answer(Device device, Node iq) => (iq["type"], iq.Children is [var child] ? child.Tag : null) switch
    {
        ("get", "count") => Stanzas.Result(iq, new Node("count", [("value", device.Keys.Count)])),
        ("get", "digest") => Digest(device, iq),
        ("get", "key") => Stanzas.Result(iq, new Node("list", [], [.. iq.Children[0].ChildrenOf("user").Select(u => Bundle(device, u))])),
        ("set", "rotate") => Rotate(device, iq),
        ("set", null) => Upload(device, iq),
        _ => Stanzas.Error(iq, 400, "bad-request"),
    };

    /// <summary>Hands out a bundle: the device's identity, its signed prekey, and one of its one-time prekeys while there are any.</summary>
    public PreKeyBundle? Take(Device requester, Device target)
    {
        var keys = target.Keys;
        if (keys.Current is not { } signed)
            return null;

        var oneTime = keys.Take(requester.ToString());
        AnnounceLowStock(target);
        return new PreKeyBundle(target.RegistrationId, target.IdentityKey, oneTime?.Id, oneTime?.PublicKey, signed.Id, signed.PublicKey, signed.Signature);
    }

    private static Node Digest(Device device, Node iq)
    {
        if (device.Keys.Current is not { } signed || device.Keys.Count == 0)
            return Stanzas.Error(iq, 404, "item-not-found");

        var ids = device.Keys.Stock.Select(k => PreKeyId.Encode(k.Id)).ToList();
#pragma warning disable CA5350 // 20 bytes are what the stanza holds
        var hash = SHA1.HashData([.. ids.SelectMany(id => id)]);
#pragma warning restore CA5350
        var bundle = new PreKeyBundle(device.RegistrationId, device.IdentityKey, null, null, signed.Id, signed.PublicKey, signed.Signature);
        return Stanzas.Result(iq, new Node("digest", [],
            [.. PreKeyBundleNodes.Format(bundle), new Node("list", [], [.. ids.Select(id => Node.Of("id", id))]), Node.Of("hash", hash)]));
    }

    private Node Upload(Device device, Node iq)
    {
        try
        {
            var upload = PreKeyStanzas.ParseUpload(iq);
            if (Problem(device, upload) is { } problem)
                return Refuse(device, iq, problem);

            foreach (var key in upload.PreKeys)
            {
                device.Keys.Add(key);
            }

            device.Keys.Rotate(upload.SignedPreKey);
            exchange.Checkpoint();
            return Stanzas.Result(iq);
        }
        catch (ProtocolException e)
        {
            return Refuse(device, iq, e.Message);
        }
    }

    private Node Rotate(Device device, Node iq)
    {
        try
        {
            var signed = PreKeyStanzas.ParseRotate(iq);
            if (!Registration.IsSigned(device.IdentityKey, signed.PublicKey, signed.Signature))
                return Refuse(device, iq, "The rotated prekey is not signed by the identity key.");

            device.Keys.Rotate(signed);
            return Stanzas.Result(iq);
        }
        catch (ProtocolException e)
        {
            return Refuse(device, iq, e.Message);
        }
    }

    private Node Refuse(Device device, Node iq, string problem)
    {
        exchange.Trace.Violation(device.ToString(), $"Prekeys are refused: {problem}");
        return Stanzas.Error(iq, 406, "not-acceptable");
    }

    /// <summary>What is wrong with an upload, if anything.</summary>
    private static string? Problem(Device device, PreKeyUpload upload)
    {
        if (upload.RegistrationId != device.RegistrationId)
            return "The registration id is not that of the pairing.";
        if (!upload.IdentityKey.AsSpan().SequenceEqual(device.IdentityKey))
            return "The identity key is not that of the pairing.";
        if (!Registration.IsSigned(device.IdentityKey, upload.SignedPreKey.PublicKey, upload.SignedPreKey.Signature))
            return "The signed prekey is not signed by the identity key.";
        if (device.Keys.Count + upload.PreKeys.Count > MaxPreKeys)
            return $"A device may store {MaxPreKeys} prekeys.";

        var stored = device.Keys.Stock.Select(k => k.Id).ToHashSet();
        return upload.PreKeys.FirstOrDefault(k => k.Id == 0 || stored.Contains(k.Id)) is { } wrong ? $"The id {wrong.Id} is 0 or in use." : null;
    }

    private Node Bundle(Device requester, Node user)
    {
        if (!user.IsJid("jid") || user.JidOf("jid") is not { } jid)
        {
            exchange.Trace.Violation(requester.ToString(), "A prekey request names a user by something that is not a JID.");
            return new Node("user", [("jid", user["jid"])], [new Node("error", [("code", 400), ("text", "bad-request")])]);
        }

        if (exchange.Accounts.FindDevice(jid) is not { } target || Take(requester, target) is not { } bundle)
            return new Node("user", [("jid", jid)], [new Node("error", [("code", 404), ("text", "item-not-found")])]);

        return new Node("user", [("jid", jid), ("t", exchange.NowText)], PreKeyBundleNodes.Format(bundle, target.SignedIdentity));
    }

    private void AnnounceLowStock(Device device)
    {
        if (device.Keys.Count >= exchange.Options.PreKeyThreshold || device.Keys.LowAnnounced)
            return;

        device.Keys.LowAnnounced = true;
        if (device.IsPhone)
        {
            exchange.Later(device.Account.Endpoint.RefillPreKeys);
            return;
        }

        exchange.Delivery.Deliver(device, new Node("notification",
            [("from", Jid.Service), ("type", "encrypt"), ("id", exchange.NewId()), ("t", exchange.NowText)],
            [new Node("count", [("value", device.Keys.Count)])]));
    }
}
