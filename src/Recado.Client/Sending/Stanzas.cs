using System.Globalization;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
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
        IReadOnlyList<EncryptedPart> encrypted,
        byte[] account,
        byte[]? reportingToken,
        Node? token)
    {
        var children = new List<Node>();
        AddParts(children, encrypted, traits, account);
        if (traits.Meta is { } meta)
            children.Add(meta);
        if (reportingToken is not null)
            children.Add(ReportingToken.ToNode(reportingToken));
        if (token is not null)
            children.Add(token);

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

    /// <summary>A message to our own phone alone.</summary>
    public static Node PeerMessage(string id, Jid phone, EncryptedMessage message, byte[] account)
    {
        List<Node> children =
        [
            new("meta", [("appdata", "default")]),
            new("enc", [("v", "2"), ("type", message.Type.ToEncType())], message.Body),
        ];
        if (message.Type == SignalMessageType.PreKey)
            children.Add(Node.Of("device-identity", account));

        return new(
            "message",
            [("id", id), ("type", "text"), ("category", "peer"), ("to", phone), ("push_priority", "high_force"), ("privacy_sensitive", "1")],
            children);
    }

    /// <summary>A message to a group: one encryption for all, and our sender key for each device that does not have it.</summary>
    public static Node GroupMessage(
        string id,
        Destination destination,
        AddressingMode? addressing,
        MessageTraits traits,
        IReadOnlyList<EncryptedPart> keys,
        byte[] body,
        byte[] account,
        byte[]? reportingToken)
    {
        var children = new List<Node>();
        if (keys.Count > 0)
            AddParts(children, keys, traits with { MediaType = null }, account);
        if (traits.Meta is { } meta)
            children.Add(meta);
        children.Add(Enc("skmsg", body, traits, count: null));
        if (reportingToken is not null)
            children.Add(ReportingToken.ToNode(reportingToken));

        return new(
            "message",
            [
                ("id", id),
                ("type", traits.Type),
                ("to", destination.To),
                ("phash", destination.DeviceHash),
                ("addressing_mode", addressing == AddressingMode.Lid ? "lid" : "pn"),
                ("edit", traits.Edit),
                ("expiration", destination.Expiration is { } expiration ? ((long)expiration.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null),
            ],
            children);
    }

    /// <summary>A message again, for one device.</summary>
    public static Node Repeat(RepeatFor target, DateTimeOffset timestamp, MessageTraits traits, EncryptedMessage message, byte[] account)
    {
        var children = new List<Node> { Enc(message.Type.ToEncType(), message.Body, traits, target.Count) };
        if (message.Type == SignalMessageType.PreKey)
            children.Add(Node.Of("device-identity", account));
        if (traits.Meta is { } meta)
            children.Add(meta);

        return new(
            "message",
            [
                ("id", target.MessageId),
                ("type", traits.Type),
                ("to", target.To),
                ("participant", target.To.IsGroup ? target.Device : null),
                ("edit", traits.Edit),
                ("recipient", target.Recipient),
                ("t", timestamp.ToUnixTimeSeconds()),
                ("device_fanout", target.To.IsGroup ? null : "false"),
            ],
            children);
    }

    /// <summary>By which the service can check what a recipient reports; null when the message has no secret.</summary>
    public static byte[]? ReportingTokenOf(string id, Jid self, Jid to, Message message) =>
        message.MessageContextInfo is { HasMessageSecret: true } context
            ? ReportingToken.Compute(message.ToByteArray(), context.MessageSecret.Span, id, self, to)
            : null;

    /// <summary>Tells the author that messages were read: the first id as the receipt's own, the others in a list.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="participant">The author within a group.</param>
    /// <param name="messageIds">Which messages.</param>
    /// <param name="now">The present.</param>
    /// <param name="isShown">Whether the author learns of it; otherwise it is for the own devices only.</param>
    public static Node ReadReceipt(Jid chat, Jid? participant, IReadOnlyList<string> messageIds, DateTimeOffset now, bool isShown)
    {
        NodeAttribute[] attributes =
        [
            ("id", messageIds[0]),
            ("to", chat),
            ("participant", participant),
            ("type", isShown ? "read" : "read-self"),
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

    private static void AddParts(List<Node> children, IReadOnlyList<EncryptedPart> parts, MessageTraits traits, byte[] account)
    {
        children.Add(new("participants", [], [.. parts.Select(part => new Node("to", [("jid", part.Device)], Enc(part, traits)))]));
        if (parts.Any(part => part.Message.Type == SignalMessageType.PreKey))
            children.Add(Node.Of("device-identity", account));
    }

    private static Node Enc(EncryptedPart part, MessageTraits traits) => Enc(part.Message.Type.ToEncType(), part.Message.Body, traits, count: null);

    private static Node Enc(string type, byte[] body, MessageTraits traits, int? count) =>
        new(
            "enc",
            [
                ("v", "2"),
                ("type", type),
                ("count", count?.ToString()),
                ("mediatype", traits.MediaType),
                ("decrypt-fail", traits.HidesFailure ? "hide" : null),
            ],
            body);
}
