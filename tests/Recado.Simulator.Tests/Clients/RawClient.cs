using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Simulator.Tests.Clients;

/// <summary>A paired and logged-in companion that behaves well unless a test makes it misbehave.</summary>
internal sealed partial class RawClient : IAsyncDisposable
{
    private const int PreKeys = 20;

    private RawClient(RawDevice device, RawConnection connection)
    {
        Device = device;
        Connection = connection;
    }

    public RawDevice Device { get; }

    public RawConnection Connection { get; }

    /// <summary>Shows a code, lets the phone scan it, and answers the pairing.</summary>
    public static async Task PairAsync(SimulatedService service, SimulatedPhone phone, RawDevice device, CancellationToken ct)
    {
        await using var connection = await RawConnection.OpenAsync(service, device, ct);
        var code = await ReceiveCodeAsync(connection, device);
        var scan = phone.ScanAsync(code, ct);
        await AnswerPairingAsync(connection, device);
        await connection.ReceiveAsync("stream:error");
        await scan;
    }

    /// <summary>Confirms the refs and makes the code of the first one.</summary>
    public static async Task<string> ReceiveCodeAsync(RawConnection connection, RawDevice device)
    {
        var offer = await connection.ReceiveAsync(n => n.Child("pair-device") is not null);
        await connection.SendAsync(new Node("iq", [("to", Jid.Service), ("type", "result"), ("id", offer["id"])]));
        var first = offer.RequiredChild("pair-device").RequiredChild("ref").Bytes;

        // The answer to the ping proves that the confirmation before it has been read.
        await connection.RequestAsync("get", "w:p");
        return QrCode.Format(first.Span, device.NoiseKey.PublicKey, device.Identity.KeyPair.PublicKey, device.AdvSecret, "1");
    }

    public static async Task AnswerPairingAsync(RawConnection connection, RawDevice device)
    {
        var success = await connection.ReceiveAsync(n => n.Child("pair-success") is not null);
        var pairing = success.RequiredChild("pair-success");
        var paired = AdvIdentity.VerifyAndSign(
            pairing.RequiredChild("device-identity").Bytes.Span, device.Identity.KeyPair, device.AdvSecret, RawDevice.Random);
        device.Account = paired.Account;
        device.Jid = pairing.RequiredChild("device").RequiredJid("jid");
        device.Lid = pairing.RequiredChild("device").RequiredJid("lid");
        await connection.SendAsync(new Node("iq", [("to", Jid.Service), ("type", "result"), ("id", success["id"])],
            [new Node("pair-device-sign", [], [new Node("device-identity", [("key-index", paired.KeyIndex)], paired.Reply)])]));
    }

    /// <summary>Logs in, uploads prekeys when there are none, and becomes active.</summary>
    public static async Task<RawClient> LogInAsync(SimulatedService service, RawDevice device, CancellationToken ct)
    {
        var client = new RawClient(device, await RawConnection.OpenAsync(service, device, ct));
        await client.Connection.ReceiveAsync("success");
        var count = await client.Connection.RequestAsync("get", "encrypt", new Node("count"));
        if (count.RequiredChild("count").NumberOf("value") == 0)
        {
            await client.Connection.SendAsync(PreKeyStanzas.Upload("upload", device.Identity, device.NewPreKeys(PreKeys), device.SignedPreKey));
            await client.Connection.ReceiveAsync(n => n["id"] == "upload" && n["type"] == "result");
        }

        await client.Connection.RequestAsync("set", "passive", new Node("active"));
        return client;
    }

    /// <summary>Pairs a new device, logs it in and settles what its phone sends first.</summary>
    public static async Task<RawClient> CreateAsync(SimulatedService service, SimulatedPhone phone, CancellationToken ct)
    {
        var device = new RawDevice();
        await PairAsync(service, phone, device, ct);
        var client = await LogInAsync(service, device, ct);
        for (var i = 0; i < 4; i++)
        {
            var message = await client.Connection.ReceiveAsync(n => n["category"] == "peer");
            client.Decrypt(message);
            await client.SettleAsync(message, "peer_msg");
        }

        return client;
    }

    /// <summary>Starts sessions with devices that there are none with.</summary>
    public async Task FetchBundlesAsync(params Jid[] devices)
    {
        var answer = await Connection.RequestAsync("get", "encrypt", new Node("key", [], [.. devices.Select(d => new Node("user", [("jid", d)]))]));
        foreach (var user in answer.RequiredChild("list").ChildrenOf("user"))
        {
            var address = user.RequiredJid("jid").ToSignalAddress().ToString();
            Device.Sessions[address] = SessionCipher.Start(
                Device.Sessions.GetValueOrDefault(address), Device.Identity, PreKeyBundleNodes.Parse(user), RawDevice.Random);
        }
    }

    /// <summary>A text to the phones of the recipient and of the own account, as it has to be.</summary>
    public Node Text(SimulatedPhone to, string text, string? id = null)
    {
        var chat = to.Lid;
        var message = new Message { Conversation = text };
        var copy = new Message { DeviceSentMessage = new DeviceSentMessage { DestinationJid = chat.ToString(), Message = message } };
        return new Node("message", [("id", id ?? NewId()), ("type", "text"), ("to", chat)],
            [
                new Node("participants", [], [Participant(chat, message), Participant(Device.Lid.ToUser(), copy)]),
                Node.Of("device-identity", Device.Account),
            ]);
    }

    public Node Participant(Jid device, Message message) => new("to", [("jid", device)], [Encrypt(device, message)]);

    public Node Encrypt(Jid device, Message message)
    {
        var address = LidOf(device).ToSignalAddress().ToString();
        var encrypted = SessionCipher.Encrypt(Device.Sessions[address], MessagePadding.Pad(message.ToByteArray(), RawDevice.Random));
        Device.Sessions[address] = encrypted.Record;
        return new Node("enc", [("v", "2"), ("type", encrypted.Type.ToEncType())], encrypted.Body);
    }

    public async Task<Node> SendAsync(Node message)
    {
        await Connection.SendAsync(message);
        return await Connection.ReceiveAsync(n => n.Tag == "ack" && n["class"] == "message" && n["id"] == message["id"]);
    }

    /// <summary>Decrypts a message; the session goes by the LID of its sender, whichever name it came under.</summary>
    public Message Decrypt(Node message)
    {
        var from = message.RequiredJid("from");
        var own = from.ToUser() == Device.Jid.ToUser() ? Device.Lid.WithDevice(from.Device) : (Jid?)null;
        var lid = message.JidOf("sender_lid")?.WithDevice(from.Device) ?? own ?? from;
        return Decrypt(lid, message.RequiredChild("enc"));
    }

    private Message Decrypt(Jid lid, Node enc)
    {
        var address = lid.ToSignalAddress().ToString();
        var record = Device.Sessions.GetValueOrDefault(address);
        var decrypted = enc["type"] == "pkmsg"
            ? SessionCipher.DecryptPreKey(record, Device.Identity, enc.Bytes.Span, KeysFor(enc.Bytes.Span), RawDevice.Random)
            : SessionCipher.Decrypt(record!, enc.Bytes.Span, RawDevice.Random);
        Device.Sessions[address] = decrypted.Record;
        return Message.Parser.ParseFrom(MessagePadding.Unpad(decrypted.Plaintext));
    }

    public async Task SettleAsync(Node message, string? type = null)
    {
        await Connection.SendAsync(new Node("receipt",
            [("id", message["id"]), ("to", message.RequiredJid("from")), ("participant", message.JidOf("participant")), ("type", type)]));
        await Connection.ReceiveAsync(n => n.Tag == "ack" && n["class"] == "receipt" && n["id"] == message["id"]);
    }

    /// <summary>Asks for a message again, and settles the broken one as clients do.</summary>
    public async Task AskForRetryAsync(Node broken)
    {
        var from = broken.RequiredJid("from");
        Node retry = new("retry", [("count", 1), ("id", broken["id"]), ("t", broken["t"]), ("v", "1")]);
        await Connection.SendAsync(new Node("receipt",
            [
                ("id", broken["id"]), ("to", from), ("participant", broken.JidOf("participant")), ("type", "retry"),
                ("recipient", broken.JidOf("recipient")),
            ],
            [retry, PreKeyBundleNodes.FormatRegistration(Device.Identity.RegistrationId)]));
        await Connection.SendAsync(new Node("ack",
            [("class", "message"), ("id", broken["id"]), ("to", from), ("participant", broken.JidOf("participant"))]));
    }

    public string NewId() => MessageId.Create(DateTimeOffset.UnixEpoch, Device.Jid.User, RawDevice.Random);

    public ValueTask DisposeAsync() => Connection.DisposeAsync();

    private PreKeyMaterial KeysFor(ReadOnlySpan<byte> body)
    {
        var id = SessionCipher.ReadHeader(body).PreKeyId;
        return new PreKeyMaterial(Device.SignedPreKey, id is null ? null : Device.PreKeys.GetValueOrDefault(id.Value));
    }
}
