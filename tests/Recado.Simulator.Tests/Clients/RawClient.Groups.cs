using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Simulator.Tests.Clients;

/// <summary>Groups: sender keys of both directions.</summary>
internal sealed partial class RawClient
{
    /// <summary>The own sender key, by chat.</summary>
    public Dictionary<Jid, SenderKeyRecord> OwnSenderKeys { get; } = [];

    private readonly Dictionary<string, string> _lids = [];

    /// <summary>Sender keys of others.</summary>
    public Dictionary<(Jid Chat, string Sender), SenderKeyRecord> SenderKeys { get; } = [];

    /// <summary>Goes on under the sender keys of an earlier connection of the same device.</summary>
    public void TakeKeysOf(RawClient earlier)
    {
        foreach (var (chat, key) in earlier.OwnSenderKeys)
        {
            OwnSenderKeys[chat] = key;
        }

        foreach (var (sender, key) in earlier.SenderKeys)
        {
            SenderKeys[sender] = key;
        }
    }

    /// <summary>A text to a group, as it has to be.</summary>
    /// <param name="group">The group.</param>
    /// <param name="text">The text.</param>
    /// <param name="all">Every device of every member, the own one included, as the group names them.</param>
    /// <param name="given">Those that are given the sender key with it.</param>
    public Node GroupText(Jid group, string text, IReadOnlyList<Jid> all, params IReadOnlyList<Jid> given)
    {
        var mode = all[0].IsLid ? "lid" : "pn";
        return GroupText(group, text, [("phash", ParticipantHash.Compute(all)), ("addressing_mode", mode)], given);
    }

    public Node GroupText(Jid group, string text, IReadOnlyList<NodeAttribute> attributes, IReadOnlyList<Jid> given)
    {
        var key = new Message { SenderKeyDistributionMessage = Distribution(group) };
        var padded = MessagePadding.Pad(new Message { Conversation = text }.ToByteArray(), RawDevice.Random);
        var encrypted = SenderKeyCipher.Encrypt(OwnSenderKeys[group], padded, RawDevice.Random);
        OwnSenderKeys[group] = encrypted.Record;

        List<Node> children = [];
        if (given.Count > 0)
            children.Add(Node.Of("participants", [.. given.Select(device => Participant(device, key))]));
        if (children.Any(c => c.Children.Any(to => to.Children[0]["type"] == "pkmsg")))
            children.Add(Node.Of("device-identity", Device.Account));

        children.Add(new Node("enc", [("v", "2"), ("type", "skmsg")], encrypted.Body));
        return new Node("message", [("id", NewId()), ("to", group), ("type", "text"), .. attributes], children);
    }

    /// <summary>The message again, for the one device that asked for it, with the sender key in it.</summary>
    public Node RetryAnswer(Node message, Node request, string text)
    {
        var (group, requester) = (message.RequiredJid("to"), request.RequiredJid("participant"));
        if (request.Child("keys") is not null)
        {
            var address = LidOf(requester).ToSignalAddress().ToString();
            Device.Sessions[address] = SessionCipher.Start(
                Device.Sessions.GetValueOrDefault(address), Device.Identity, PreKeyBundleNodes.Parse(request), RawDevice.Random);
        }

        var enc = Encrypt(requester, new Message { Conversation = text, SenderKeyDistributionMessage = Distribution(group) });
        List<Node> children = [new Node("enc", [.. enc.Attributes, ("count", request.RequiredChild("retry")["count"])], enc.Bytes.ToArray())];
        if (enc["type"] == "pkmsg")
            children.Add(Node.Of("device-identity", Device.Account));

        return new Node("message", [("id", message["id"]), ("to", group), ("participant", requester), ("type", "text")], children);
    }

    /// <summary>Decrypts a message of a group or of the status feed: first the sender key that may come with it.</summary>
    public Message DecryptShared(Node message)
    {
        var (chat, participant) = (message.RequiredJid("from"), message.RequiredJid("participant"));
        var lid = participant.IsLid ? participant : message.RequiredJid("participant_lid").WithDevice(participant.Device);
        var key = (chat, lid.ToSignalAddress().ToString());
        var content = new Message();
        foreach (var enc in message.ChildrenOf("enc"))
        {
            if (enc["type"] == "skmsg")
            {
                var decrypted = SenderKeyCipher.Decrypt(SenderKeys.GetValueOrDefault(key), enc.Bytes.Span);
                SenderKeys[key] = decrypted.Record;
                content = Message.Parser.ParseFrom(MessagePadding.Unpad(decrypted.Plaintext));
                continue;
            }

            content = Decrypt(lid, enc);
            if (content.SenderKeyDistributionMessage?.AxolotlSenderKeyDistributionMessage is { } distribution)
                SenderKeys[key] = SenderKeyCipher.ProcessDistribution(SenderKeys.GetValueOrDefault(key), distribution.Span);
        }

        return content;
    }

    private SenderKeyDistributionMessage Distribution(Jid group)
    {
        var distribution = SenderKeyCipher.CreateDistribution(OwnSenderKeys.GetValueOrDefault(group), RawDevice.Random);
        OwnSenderKeys[group] = distribution.Record;
        return new SenderKeyDistributionMessage
        {
            GroupId = group.ToString(),
            AxolotlSenderKeyDistributionMessage = ByteString.CopyFrom(distribution.Body),
        };
    }

    /// <summary>Lets sessions that were started by LID serve phone-number addresses too, for groups that know their members by number.</summary>
    public void UseSessionsOf(params SimulatedPhone[] phones)
    {
        foreach (var phone in phones)
        {
            _lids[phone.Jid.User] = phone.Lid.User;
        }
    }

    private Jid LidOf(Jid jid) => !jid.IsLid && _lids.TryGetValue(jid.User, out var lid) ? new Jid(lid, JidServer.Lid, jid.Device) : jid;

    /// <summary>Waits for the next change of a group and settles it.</summary>
    public async Task<Node> ReceiveChangeAsync(string change)
    {
        var notification = await Connection.ReceiveAsync(n => n["type"] == "w:gp2" && n.Child(change) is not null);
        await Connection.SendAsync(new Node("ack",
            [
                ("class", "notification"), ("type", "w:gp2"), ("id", notification["id"]), ("to", notification.RequiredJid("from")),
                ("participant", notification.JidOf("participant")),
            ]));
        return notification;
    }

    public async Task<Node> ReceiveGroupMessageAsync() =>
        await Connection.ReceiveAsync(n => n.Tag == "message" && n.JidOf("participant") is not null);
}
