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

/// <summary>Stanzas that reach a phone.</summary>
internal sealed partial class PhoneEndpoint
{
    private static readonly JsonFormatter Json = new(JsonFormatter.Settings.Default);

    private readonly Dictionary<(string Id, string Sender), int> _retries = [];

    private void Receive(Node stanza)
    {
        try
        {
            if (stanza.Tag == "message")
                ReceiveMessage(stanza);
            else if (stanza.Tag == "receipt")
                ReceiveReceipt(stanza);
            else if (stanza.Tag == "presence")
                ReceivePresence(stanza);
            else if (stanza.Tag == "chatstate")
                ReceiveChatState(stanza);
            else if (stanza.Tag == "call")
                Note(stanza);
            else if (stanza.Tag == "notification")
                ReceiveNotification(stanza);
        }
        catch (Exception e) when (e is SimulatorException or SignalException or ProtocolException)
        {
            // Nothing a client sends may end the service; what it sent wrong is for its author to see.
            _exchange.Trace.Violation(Device.ToString(), $"The phone cannot deal with a {stanza.Tag}: {e.Message}");
        }
    }

    private void ReceiveReceipt(Node receipt)
    {
        var from = receipt["participant"] ?? receipt["from"]!;
        var items = receipt.Child("list")?.ChildrenOf("item").Select(i => i["id"]).OfType<string>() ?? [];
        foreach (var id in items.Prepend(receipt["id"]!))
        {
            Receipts.Add(new PhoneReceipt(id, from, receipt["type"] ?? "delivery", _exchange.Now));
        }

        if (receipt["type"] == "retry")
            AnswerRetry(receipt);
        else if (receipt["type"] == "server-error")
            AnswerMediaRetry(receipt);
    }

    private void ReceiveMessage(Node stanza)
    {
        // In groups and the status feed the device that wrote is the participant.
        var from = stanza.JidOf("participant") ?? stanza.RequiredJid("from");
        if (_exchange.Accounts.FindDevice(from) is not { } sender || stanza.Child("enc") is null)
            return;

        var id = stanza["id"]!;
        try
        {
            var message = DecryptAll(stanza, sender);
            _retries.Remove((id, from.ToString()));
            Handle(stanza, sender, message);
            Settle(stanza, sender);
        }
        catch (SignalException e) when (e.Error == SignalError.OldCounter)
        {
            Settle(stanza, sender);
        }
        catch (Exception e) when (e is SignalException or ProtocolException or InvalidProtocolBufferException)
        {
            _exchange.Trace.Note(Device.ToString(), $"The phone cannot decrypt {id} from {sender}: {e.Message}");
            var hasNoKey = e is SignalException { Error: SignalError.NoSenderKey or SignalError.NoSenderKeyState };
            AskForRetry(stanza, from, withKeys: hasNoKey && stanza.ChildrenOf("enc").All(c => c["type"] == "skmsg"));
        }
    }

    private Message DecryptAll(Node stanza, Device sender)
    {
        var message = new Message();
        foreach (var enc in stanza.ChildrenOf("enc"))
        {
            message = enc["type"] == "skmsg" ? DecryptShared(stanza.RequiredJid("from"), sender, enc) : Decrypt(sender, enc);
            if (message.SenderKeyDistributionMessage is { } distribution && stanza.JidOf("participant") is not null)
                TakeSenderKey(stanza.RequiredJid("from"), sender, distribution);
        }

        return message;
    }

    private Message Decrypt(Device sender, Node enc)
    {
        var address = AddressOf(sender);
        var record = _sessions.GetValueOrDefault(address);
        var body = enc.Bytes.Span;
        DecryptedMessage decrypted;
        if (enc["type"] == "pkmsg")
        {
            var header = SessionCipher.ReadHeader(body);
            var signed = header.SignedPreKeyId == _signedPreKey.Id ? _signedPreKey : null;
            var oneTime = header.PreKeyId is { } id ? _preKeys.GetValueOrDefault(id) : null;
            decrypted = SessionCipher.DecryptPreKey(record, _identity, body, new PreKeyMaterial(signed, oneTime), _exchange.Random);
        }
        else
        {
            if (record is null)
                throw new SignalException(SignalError.NoSession, "There is no session with the sender.");

            decrypted = SessionCipher.Decrypt(record, body, _exchange.Random);
        }

        var message = Message.Parser.ParseFrom(MessagePadding.Unpad(decrypted.Plaintext));
        _sessions[address] = decrypted.Record;
        if (decrypted.ConsumedPreKeyId is { } consumed)
            _preKeys.Remove(consumed);

        return message;
    }

    private void Handle(Node stanza, Device sender, Message message)
    {
        if (stanza["category"] == "peer")
        {
            HandlePeer(stanza, sender, message);
            return;
        }

        var fromMe = sender.Account == Account;
        var chat = (fromMe ? stanza.JidOf("recipient") : null) ?? stanza.RequiredJid("from");
        var content = fromMe ? message.DeviceSentMessage?.Message ?? message : message;
        var author = stanza.JidOf("participant") ?? stanza.RequiredJid("from");
        var shown = Open(MessageContentMapper.FromProto(content), author);
        Inbox.Add(
            new InboxMessage(
                stanza["id"]!, chat.ToUser().ToString(), author.ToString(), fromMe, _exchange.Now, ContentSummary.TextOf(shown), Json.Format(content),
                stanza["notify"])
            {
                Kind = ContentSummary.KindOf(shown),
                Media = Describe(shown),
            });
    }

    /// <summary>Tells the sender that the message has arrived.</summary>
    private void Settle(Node stanza, Device sender)
    {
        var type = stanza["category"] == "peer" ? "peer_msg" : sender.Account == Account ? "sender" : null;
        _exchange.Receipts.Take(Device, new Node("receipt",
            [
                ("id", stanza["id"]), ("to", stanza.RequiredJid("from")), ("participant", stanza.JidOf("participant")), ("type", type),
                ("recipient", stanza.JidOf("recipient")),
            ]));
    }

    private void AskForRetry(Node stanza, Jid from, bool withKeys)
    {
        var id = stanza["id"]!;
        var key = (id, from.ToString());
        var count = _retries.GetValueOrDefault(key) + 1;
        if (count > MaxRetries)
            return;

        _retries[key] = count;
        Node retry = new("retry", [("count", count), ("id", id), ("t", stanza["t"]), ("v", "1"), ("error", 0)]);
        List<Node> children = count == 1 && !withKeys
            ? [retry, PreKeyBundleNodes.FormatRegistration(_identity.RegistrationId)]
            : [retry, .. FreshKeys()];
        _exchange.Receipts.Take(Device, new Node("receipt",
            [
                ("id", id), ("to", stanza.RequiredJid("from")), ("participant", stanza.JidOf("participant")), ("type", "retry"),
                ("recipient", stanza.JidOf("recipient")),
            ],
            children));
    }

    /// <summary>Keys for a new session, with a one-time prekey that is offered nowhere else.</summary>
    private IReadOnlyList<Node> FreshKeys()
    {
        var key = NewPreKey();
        return PreKeyBundleNodes.FormatRetry(new PreKeyBundle(
            _identity.RegistrationId, _identity.KeyPair.PublicKey, key.Id, key.KeyPair.PublicKey, _signedPreKey.Id, _signedPreKey.KeyPair.PublicKey,
            _signedPreKey.Signature));
    }
}
