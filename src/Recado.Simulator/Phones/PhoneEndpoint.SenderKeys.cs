using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Phones;

/// <summary>Messages to groups and status updates, which are encrypted once for everybody, under a sender key that everybody was given.</summary>
internal sealed partial class PhoneEndpoint
{
    private readonly Dictionary<Jid, OwnSenderKey> _ownSenderKeys = [];
    private readonly Dictionary<(Jid Chat, string Address), SenderKeyRecord> _senderKeys = [];

    /// <summary>Loses the sender keys of others in a chat: what they write next cannot be decrypted at first.</summary>
    public void ForgetSenderKeys(Jid chat)
    {
        foreach (var key in _senderKeys.Keys.Where(k => k.Chat == chat).ToList())
        {
            _senderKeys.Remove(key);
        }
    }

    /// <summary>Forgets who was given the own sender key of a chat: the next message gives it to everybody again.</summary>
    public void ForgetDistribution(Jid chat) => _ownSenderKeys.GetValueOrDefault(chat)?.Holders.Clear();

    /// <summary>Makes a new sender key of a chat with the next message.</summary>
    public void RotateSenderKey(Jid chat) => _ownSenderKeys.Remove(chat);

    private Node PrepareForGroup(Jid to, Message message)
    {
        var group = _exchange.Groups.Find(to) ?? throw new SimulatorException($"There is no group {to}.");
        var roster = group.Roster(_exchange.Devices.Version);
        var mode = group.Addressing == Addressing.Lid ? "lid" : "pn";
        return PrepareShared(to, message, group.Addressing, roster.Devices, [("phash", roster.Hash), ("addressing_mode", mode)]);
    }

    /// <summary>Encrypts a status update for everybody that the account has exchanged messages with, and for its own companions.</summary>
    public Node PrepareStatus(Message message)
    {
        var contacts = Account.Contacts.Select(_exchange.Accounts.ByPhone).OfType<Account>();
        Device[] audience = [.. contacts.Append(Account).SelectMany(a => a.Devices.Values)];
        return PrepareShared(Jid.StatusBroadcast, message, Addressing.Lid, audience, []);
    }

    private Node PrepareShared(Jid to, Message message, Addressing addressing, IReadOnlyList<Device> audience, IReadOnlyList<NodeAttribute> extra)
    {
        var id = MessageId.Create(_exchange.Now, Account.Phone, _exchange.Random);
        Remember(id, new SentMessage(to, message, IsPeer: false));

        // Who has left must not be able to read on.
        if (_ownSenderKeys.TryGetValue(to, out var own) && own.Holders.Except(audience).Any())
            own = null;

        own ??= new OwnSenderKey();
        _ownSenderKeys[to] = own;
        var distribution = Distribute(to, own);
        List<Node> participants = [];
        foreach (var device in audience.Where(d => d != Device && !own.Holders.Contains(d)))
        {
            participants.Add(Participant(device, distribution, addressing));
            own.Holders.Add(device);
        }

        var encrypted = SenderKeyCipher.Encrypt(own.Record!, MessagePadding.Pad(message.ToByteArray(), _exchange.Random), _exchange.Random);
        own.Record = encrypted.Record;
        var traits = MessageTraits.Of(message);
        List<Node> children = participants.Count == 0 ? [] : [Node.Of("participants", participants)];
        children.AddRange(Meta(traits));
        children.Add(new Node("enc", [("v", "2"), ("type", "skmsg"), ("mediatype", traits.MediaType)], encrypted.Body));
        return new Node("message", [("id", id), ("to", to), ("type", traits.Type), ("edit", traits.Edit), .. extra], children);
    }

    /// <summary>The message that gives the own key of a chat away as it stands; makes the key first when there is none.</summary>
    private Message Distribute(Jid chat, OwnSenderKey own)
    {
        var output = SenderKeyCipher.CreateDistribution(own.Record, _exchange.Random);
        own.Record = output.Record;
        return new Message
        {
            SenderKeyDistributionMessage = new SenderKeyDistributionMessage
            {
                GroupId = chat.ToString(),
                AxolotlSenderKeyDistributionMessage = ByteString.CopyFrom(output.Body),
            },
        };
    }

    /// <summary>A message for one device that asked for it again, with the key for those to come.</summary>
    private Message WithSenderKey(SentMessage sent, Device device)
    {
        if (!_ownSenderKeys.TryGetValue(sent.To, out var own))
            _ownSenderKeys.Add(sent.To, own = new OwnSenderKey());

        own.Holders.Add(device);
        return new Message(sent.Message) { SenderKeyDistributionMessage = Distribute(sent.To, own).SenderKeyDistributionMessage };
    }

    private void TakeSenderKey(Jid chat, Device sender, SenderKeyDistributionMessage distribution)
    {
        var key = (chat, AddressOf(sender));
        _senderKeys[key] = SenderKeyCipher.ProcessDistribution(_senderKeys.GetValueOrDefault(key), distribution.AxolotlSenderKeyDistributionMessage.Span);
    }

    private Message DecryptShared(Jid chat, Device sender, Node enc)
    {
        var key = (chat, AddressOf(sender));
        var decrypted = SenderKeyCipher.Decrypt(_senderKeys.GetValueOrDefault(key), enc.Bytes.Span);
        var message = Message.Parser.ParseFrom(MessagePadding.Unpad(decrypted.Plaintext));
        _senderKeys[key] = decrypted.Record;
        return message;
    }

    /// <summary>Whether a message that was sent to a chat is meant for a device.</summary>
    private bool IsMeant(Jid chat, Device device) => _exchange.Groups.Find(chat) is not { } group || group.Has(device.Account);

    private static bool IsShared(Jid chat) => chat.IsGroup || chat.IsBroadcast;

    /// <summary>Who wrote a message, where its chat does not say it.</summary>
    private static Jid? AuthorIn(InboxMessage message) => IsShared(Jid.Parse(message.Chat)) ? Jid.Parse(message.Sender).ToUser() : null;

    /// <summary>The phone's own sender key in one chat, and the devices that were given it.</summary>
    private sealed class OwnSenderKey
    {
        public SenderKeyRecord? Record { get; set; }

        public HashSet<Device> Holders { get; } = [];
    }
}
