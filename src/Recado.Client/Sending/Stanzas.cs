using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>Outgoing stanzas: data to node.</summary>
internal static class Stanzas
{
    /// <summary>A message to one user: one encryption for each device of both accounts.</summary>
    public static Node DirectMessage(
        string id,
        Jid to,
        Jid? phoneNumber,
        MessageTraits traits,
        IReadOnlyList<(Jid Device, EncryptedMessage Message)> encrypted,
        byte[] account,
        byte[]? reportingToken,
        byte[]? trustedContactToken)
    {
        var children = new List<Node>
        {
            new("participants", [], [.. encrypted.Select(part => new Node("to", [("jid", part.Device)], Enc(part.Message, traits)))]),
        };
        if (encrypted.Any(part => part.Message.Type == SignalMessageType.PreKey))
            children.Add(Node.Of("device-identity", account));
        if (traits.Meta is { } meta)
            children.Add(meta);
        if (reportingToken is not null)
            children.Add(ReportingToken.ToNode(reportingToken));
        if (trustedContactToken is not null)
            children.Add(Node.Of("tctoken", trustedContactToken));

        return new(
            "message",
            [
                ("id", id),
                ("type", traits.Type),
                ("to", to),
                ("edit", traits.Edit),
                ("peer_recipient_pn", to.IsLid ? phoneNumber : null),
            ],
            children);
    }

    /// <summary>A message again, for the one device that could not read it.</summary>
    public static Node RetryAnswer(
        Node receipt,
        DateTimeOffset timestamp,
        MessageTraits traits,
        EncryptedMessage message,
        int count,
        byte[] account)
    {
        var children = new List<Node> { Enc(message, traits, count) };
        if (message.Type == SignalMessageType.PreKey)
            children.Add(Node.Of("device-identity", account));
        if (traits.Meta is { } meta)
            children.Add(meta);

        return new(
            "message",
            [
                ("id", receipt["id"]),
                ("type", traits.Type),
                ("to", receipt.JidOf("from")),
                ("edit", traits.Edit),
                ("recipient", receipt.JidOf("recipient")),
                ("t", timestamp.ToUnixTimeSeconds()),
                ("device_fanout", "false"),
            ],
            children);
    }

    /// <summary>Tells the author that messages were read: the first id as the receipt's own, the others in a list.</summary>
    public static Node ReadReceipt(Jid chat, Jid? participant, IReadOnlyList<string> messageIds, DateTimeOffset now)
    {
        NodeAttribute[] attributes =
        [
            ("id", messageIds[0]),
            ("to", chat),
            ("participant", participant),
            ("type", "read"),
            ("t", now.ToUnixTimeSeconds()),
        ];
        return messageIds.Count == 1
            ? new("receipt", attributes)
            : new("receipt", attributes, new Node("list", [], [.. messageIds.Skip(1).Select(id => new Node("item", [("id", id)]))]));
    }

    /// <summary>Asks for the keys of devices to start sessions with.</summary>
    public static Node BundleQuery(IEnumerable<Jid> devices) =>
        new("key", [], [.. devices.Select(device => new Node("user", [("jid", device)]))]);

    /// <summary>Gives a contact a token by which it lets our messages through.</summary>
    public static Node IssueToken(Jid user, DateTimeOffset now) =>
        new("tokens", [], new Node("token", [("jid", user), ("t", now.ToUnixTimeSeconds()), ("type", "trusted_contact")]));

    private static Node Enc(EncryptedMessage message, MessageTraits traits, int? count = null) =>
        new(
            "enc",
            [
                ("v", "2"),
                ("type", message.Type.ToEncType()),
                ("count", count?.ToString()),
                ("mediatype", traits.MediaType),
                ("decrypt-fail", traits.HidesFailure ? "hide" : null),
            ],
            message.Body);
}
