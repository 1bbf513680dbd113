using System.Globalization;
using System.Text;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Service;

/// <summary>Linking of devices by QR: refs for connections without an account, and what follows a scan.</summary>
internal sealed class PairingDesk(Exchange exchange)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private readonly Dictionary<string, Offer> _byRef = [];
    private readonly Dictionary<ClientConnection, Offer> _byConnection = [];

    /// <summary>Gives a connection its refs and watches over their life.</summary>
    public void Open(ClientConnection connection, Registration registration)
    {
        var options = exchange.Options;
        var offer = new Offer(connection, registration, exchange.NewId());
        var end = exchange.Now + options.FirstQrLifetime;
        for (var i = 0; i < options.QrRefs; i++, end += options.QrLifetime)
        {
            var text = "2@" + Convert.ToBase64String(exchange.Random.Bytes(36));
            offer.Refs.Add(text, end);
            _byRef.Add(text, offer);
        }

        _byConnection.Add(connection, offer);
        connection.Send(new Node("iq", [("from", Jid.Service), ("type", "set"), ("id", offer.PairDeviceId), ("xmlns", "md")],
            [new Node("pair-device", [], [.. offer.Refs.Keys.Select(r => Node.Of("ref", Encoding.UTF8.GetBytes(r)))])]));
        offer.Expiry = options.Time.CreateTimer(_ => exchange.Run(() => Expire(connection)), null, offer.Refs.Values.Max() - exchange.Now, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Forgets a connection that has ended.</summary>
    public void Closed(ClientConnection connection)
    {
        if (!_byConnection.Remove(connection, out var offer))
            return;

        offer.Expiry?.Dispose();
        foreach (var text in offer.Refs.Keys)
        {
            _byRef.Remove(text);
        }

        var closed = new SimulatorException("The device closed the connection before it had answered the pairing.");
        offer.Acknowledged.TrySetException(closed);
        offer.Link?.Done.TrySetException(closed);
    }

    /// <summary>A phone scans what it takes for a QR code.</summary>
    public async Task<Device> ScanAsync(PhoneEndpoint phone, string qr, CancellationToken ct)
    {
        var code = Read(qr);
        try
        {
            // Who scans as soon as the code appears may be quicker than the device's confirmation.
            await exchange.Run(() => Find(code)).Acknowledged.Task.WaitAsync(AnswerTimeout, exchange.Options.Time, ct);
            var link = exchange.Run(() => Scan(phone, code));
            return await link.Done.Task.WaitAsync(AnswerTimeout, exchange.Options.Time, ct);
        }
        catch (TimeoutException e)
        {
            throw new SimulatorException($"The device did not answer the pairing within {AnswerTimeout.TotalSeconds} s.", e);
        }
    }

    /// <summary>An answer from a connection that is being paired; <see langword="false"/> when nothing was asked.</summary>
    public bool Answer(ClientConnection connection, Node answer)
    {
        if (!_byConnection.TryGetValue(connection, out var offer))
            return false;

        if (answer["id"] == offer.PairDeviceId)
        {
            offer.Acknowledged.TrySetResult();
            return true;
        }

        if (offer.Link is not { } link || answer["id"] != link.IqId)
            return false;

        if (answer["type"] == "error")
        {
            var error = answer.Child("error");
            link.Done.TrySetException(new SimulatorException($"The device refused the pairing: {error?["code"]} {error?["text"]}."));
        }
        else if (Complete(offer.Registration, link, answer) is { } problem)
        {
            exchange.Trace.Violation(connection.Name, problem);
            link.Done.TrySetException(new SimulatorException(problem));
            connection.Close(Stanzas.StreamError(code: null, new Node("xml-not-well-formed")));
        }
        else
        {
            connection.Close(Stanzas.StreamError(515));
        }

        return true;
    }

    private static QrCode Read(string text) => QrCode.TryParse(text, out var code)
        ? code
        : throw new SimulatorException("The text is not that of a code for linking a device: a ref and three keys of 32 bytes, separated by commas.");

    private Offer Find(QrCode code) => _byRef.TryGetValue(code.Ref, out var offer)
        ? offer
        : throw new SimulatorException("The service does not know the code. It may be from a connection that has ended; scan the one shown now.");

    private Link Scan(PhoneEndpoint phone, QrCode code)
    {
        var offer = Find(code);
        if (offer.Refs[code.Ref] < exchange.Now)
            throw new SimulatorException("The code has expired; scan the one shown now.");
        if (!code.NoisePublicKey.AsSpan().SequenceEqual(offer.Registration.NoiseKey) || !code.IdentityPublicKey.AsSpan().SequenceEqual(offer.Registration.IdentityKey))
            throw new SimulatorException("The keys in the code are not those of the connection that shows it.");
        if (offer.Link is not null)
            throw new SimulatorException("The code was scanned before.");

        var account = phone.Account;
        var link = new Link(exchange.NewId(), account, ++account.LastDevice, ++account.LastKeyIndex);
        var container = Container(phone, code, link.KeyIndex);
        offer.Link = link;
        exchange.Trace.Note(offer.Connection.Name, $"Phone {account.Phone} scans the code; the device becomes number {link.Number}.");
        offer.Connection.Send(new Node("iq",
            [("from", Jid.Service), ("type", "set"), ("id", link.IqId), ("xmlns", "md"), ("t", exchange.NowText)],
            [
                new Node("pair-success", [],
                [
                    Node.Of("device-identity", container),
                    new Node("device", [("jid", account.PhoneJid.WithDevice(link.Number)), ("lid", account.LidJid.WithDevice(link.Number))]),
                    new Node("platform", [("name", "android")]),
                ]),
            ]));
        return link;
    }

    /// <summary>The phone's word for the device, or what a planned fault makes of it.</summary>
    private byte[] Container(PhoneEndpoint phone, QrCode code, uint keyIndex)
    {
        // A signature for another key is a wrong one; so is a seal made with another secret.
        var signatureFails = exchange.Faults.Take(FaultKind.WrongPairingSignature, phone.Account.Phone) is not null;
        var sealFails = exchange.Faults.Take(FaultKind.WrongPairingHmac, phone.Account.Phone) is not null;
        return phone.Vouch(
            signatureFails ? exchange.Random.Bytes(32) : code.IdentityPublicKey, sealFails ? exchange.Random.Bytes(32) : code.AdvSecret, keyIndex);
    }

    /// <summary>Checks the answer to <c>pair-success</c> and links the device.</summary>
    /// <returns>What is wrong with the answer, if anything.</returns>
    private string? Complete(Registration registration, Link link, Node answer)
    {
        if (answer.Child("pair-device-sign")?.Child("device-identity") is not { } signed)
            return "The answer to pair-success has no pair-device-sign with a device-identity.";
        if (signed["key-index"] != link.KeyIndex.ToString(CultureInfo.InvariantCulture))
            return $"The answer to pair-success has key-index {signed["key-index"]} instead of {link.KeyIndex}.";
        if (AdvIdentity.CompleteReply(signed.Bytes.Span, registration.IdentityKey, link.Account.Primary.IdentityKey) is not { } identity)
            return "The device-identity in the answer to pair-success names the account's key, or its signatures do not verify.";

        var device = new Device(link.Account, link.Number)
        {
            KeyIndex = link.KeyIndex,
            NoiseKey = registration.NoiseKey,
            IdentityKey = registration.IdentityKey,
            RegistrationId = registration.RegistrationId,
            SignedIdentity = identity,
            Label = registration.Props?.Os,
            RequiresFullHistory = registration.Props?.RequireFullSync ?? false,
            TakesInlineHistory = registration.Props?.HistorySyncConfig?.InlineInitialPayloadInE2EeMsg ?? false,
            DirtySince = exchange.Now.ToUnixTimeSeconds(),
        };
        device.Keys.Rotate(registration.SignedPreKey);
        exchange.Devices.Link(device);
        exchange.Checkpoint();
        link.Done.TrySetResult(device);
        return null;
    }

    private void Expire(ClientConnection connection)
    {
        if (!_byConnection.TryGetValue(connection, out var offer) || offer.Link is not null)
            return;

        exchange.Trace.Note(connection.Name, "The last ref has expired.");
        connection.Close(lastStanza: null);
    }

    private sealed class Offer(ClientConnection connection, Registration registration, string pairDeviceId)
    {
        public ClientConnection Connection { get; } = connection;

        public Registration Registration { get; } = registration;

        public string PairDeviceId { get; } = pairDeviceId;

        /// <summary>Refs in the order they are shown, each with the end of its life.</summary>
        public Dictionary<string, DateTimeOffset> Refs { get; } = [];

        public ITimer? Expiry { get; set; }

        /// <summary>Completes when the device has confirmed that it got the refs.</summary>
        public TaskCompletionSource Acknowledged { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Link? Link { get; set; }
    }

    private sealed record Link(string IqId, Account Account, ushort Number, uint KeyIndex)
    {
        public TaskCompletionSource<Device> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
