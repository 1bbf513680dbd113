using System.Globalization;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;
using Recado.Simulator.Service;

namespace Recado.Simulator.Phones;

/// <summary>Messages that a phone sends.</summary>
internal sealed partial class PhoneEndpoint
{
    private const int MaxRetries = 5;

    private readonly Dictionary<string, SentMessage> _sent = [];
    private readonly Queue<string> _sentOrder = new();

    /// <summary>The chat that a caller means: a number goes to the LID, a JID is taken as it is.</summary>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public Jid Resolve(string to)
    {
        if (to.Contains('@'))
        {
            return Jid.TryParse(to, out var jid) && (_exchange.Accounts.Find(jid) is not null || _exchange.Groups.Find(jid) is not null)
                ? jid.ToUser()
                : throw new SimulatorException($"'{to}' is not the JID of an account or group. Add it first, or use a number.");
        }

        var digits = string.Concat(to.Where(char.IsAsciiDigit));
        return _exchange.Accounts.ByPhone(digits)?.LidJid ?? throw new SimulatorException($"No account has the number {digits}. Add it first.");
    }

    /// <summary>Encrypts a message for all devices of both sides, or of a group.</summary>
    public Node Prepare(Jid to, Message message)
    {
        if (to.IsGroup)
            return PrepareForGroup(to, message);

        var recipient = _exchange.Accounts.Find(to)!;
        var addressing = to.IsLid ? Addressing.Lid : Addressing.PhoneNumber;
        var id = MessageId.Create(_exchange.Now, Account.Phone, _exchange.Random);
        Remember(id, new SentMessage(to, message, IsPeer: false));

        var traits = MessageTraits.Of(message);
        var forCompanions = DeviceSent(to, message);
        List<Node> participants = [];
        if (recipient != Account)
            participants.AddRange(recipient.Devices.Values.Select(d => Participant(d, message, addressing)));

        participants.AddRange(Account.Companions.Select(d => Participant(d, forCompanions, addressing)));
        return new Node("message", [("id", id), ("to", to), ("type", traits.Type), ("edit", traits.Edit)], [new Node("participants", [], participants), .. Meta(traits)]);
    }

    /// <summary>Hands a prepared message to the service.</summary>
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">The service refuses it.</exception>
    public string Submit(Node message)
    {
        var ack = _exchange.Messages.Take(Device, message, fingerprint: 0);
        if (ack?["error"] is not { } error)
            return message["id"]!;

        // What it would have given to others has not reached them.
        _ownSenderKeys.Remove(message.RequiredJid("to"));
        throw new SimulatorException($"The service refuses the message with error {error}; the trace says why.");
    }

    /// <summary>Marks messages as read: one receipt per chat and sender.</summary>
    /// <returns>The ids that were marked.</returns>
    public IReadOnlyList<string> Read(IReadOnlyCollection<string>? ids)
    {
        var unread = Inbox.Items.Where(m => !m.FromMe && !m.Read && (ids is null || ids.Contains(m.Id))).ToList();
        foreach (var sender in unread.GroupBy(m => (Chat: Jid.Parse(m.Chat), Author: AuthorIn(m))))
        {
            var read = sender.Select(m => m.Id).ToList();
            NodeAttribute[] attributes =
                [("id", read[0]), ("to", sender.Key.Chat), ("participant", sender.Key.Author), ("type", "read"), ("t", _exchange.NowText)];
            var receipt = read.Count == 1
                ? new Node("receipt", attributes)
                : new Node("receipt", attributes, [new Node("list", [], [.. read.Skip(1).Select(id => new Node("item", [("id", id)]))])]);
            _exchange.Receipts.Take(Device, receipt);
        }

        var marked = unread.Select(m => m.Id).ToHashSet();
        Inbox.Update(m => marked.Contains(m.Id), m => m with { Read = true });
        return [.. unread.Select(m => m.Id)];
    }

    /// <summary>Sends a message again to the one device that could not decrypt it.</summary>
    private void AnswerRetry(Node receipt)
    {
        var retry = receipt.Child("retry");
        if (retry?.NumberOf("count") is not (>= 1 and <= MaxRetries and var count)
            || !_sent.TryGetValue(receipt["id"]!, out var sent)
            || (receipt.JidOf("participant") ?? receipt.JidOf("from")) is not { } from
            || _exchange.Accounts.FindDevice(from) is not { } device
            || !IsMeant(sent.To, device))
            return;

        if (receipt.Child("keys") is not null)
            StartSession(device, PreKeyBundleNodes.Parse(receipt));
        else if (count > 1)
            StartSession(device, bundle: null);

        var isShared = IsShared(sent.To);
        var isOwn = device.Account == Account;
        var message = isShared ? WithSenderKey(sent, device) : isOwn && !sent.IsPeer ? DeviceSent(sent.To, sent.Message) : sent.Message;
        var enc = Encrypt(device, message).With(("count", count.ToString(CultureInfo.InvariantCulture)));
        if (sent.IsPeer)
        {
            _exchange.Delivery.Deliver(device, PeerStanza(receipt["id"]!, enc));
            return;
        }

        var traits = MessageTraits.Of(sent.Message);
        Submit(new Node("message",
            [
                ("id", receipt["id"]), ("to", isShared ? sent.To : from), ("participant", isShared ? from : null), ("type", traits.Type), ("edit", traits.Edit),
                ("recipient", isOwn && !isShared ? sent.To : null), ("device_fanout", isShared ? null : "false"), ("t", _exchange.NowText),
            ],
            [enc, .. Meta(traits)]));
    }

    private static IEnumerable<Node> Meta(MessageTraits traits) => traits.Meta is { } meta ? [meta] : [];

    private Node Participant(Device device, Message message, Addressing addressing) =>
        new("to", [("jid", device.JidAs(addressing))], [Encrypt(device, message)]);

    private Node Encrypt(Device device, Message message)
    {
        var address = AddressOf(device);
        if (_sessions.GetValueOrDefault(address) is not { CanSend: true })
            StartSession(device, bundle: null);

        var padded = MessagePadding.Pad(message.ToByteArray(), _exchange.Random);
        var encrypted = SessionCipher.Encrypt(_sessions[address], padded);
        _sessions[address] = encrypted.Record;
        return new Node("enc", [("v", "2"), ("type", encrypted.Type.ToEncType())], encrypted.Body);
    }

    /// <summary>Starts a session from a bundle, or from the one that the service has.</summary>
    private void StartSession(Device device, PreKeyBundle? bundle)
    {
        bundle ??= _exchange.PreKeys.Take(Device, device) ?? throw new SimulatorException($"Device {device.Number} has published no keys.");
        var address = AddressOf(device);
        _sessions[address] = SessionCipher.Start(_sessions.GetValueOrDefault(address), _identity, bundle, _exchange.Random);
    }

    private static Message DeviceSent(Jid to, Message message) =>
        new() { DeviceSentMessage = new DeviceSentMessage { DestinationJid = to.ToString(), Message = message } };

    private void Remember(string id, SentMessage message)
    {
        _sent[id] = message;
        _sentOrder.Enqueue(id);
        if (_sentOrder.Count > MaxSent)
            _sent.Remove(_sentOrder.Dequeue());
    }

    /// <summary>A message that may be asked for again.</summary>
    private sealed record SentMessage(Jid To, Message Message, bool IsPeer);
}
