using System.Threading.Channels;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;

namespace Recado.Client.Pairing;

/// <summary>
/// Linking by QR code on one connection: shows the codes, takes the phone's word, proves our own, saves it all before answering.
/// </summary>
internal sealed class PairingFlow(DeviceState state, OwnDevice own, ClientOptions options)
{
    private readonly Channel<Node> _stanzas = Channel.CreateBounded<Node>(
        new BoundedChannelOptions(4) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes a stanza <c>pair-device</c> or <c>pair-success</c> from the service; others are not for us.</summary>
    public bool TryTake(Node iq) => (iq.Child("pair-device") ?? iq.Child("pair-success")) is not null && _stanzas.Writer.TryWrite(iq);

    public async Task RunAsync(ServiceConnection connection, CancellationToken ct)
    {
        var offer = await FirstAsync(connection, ct).ConfigureAwait(false);
        connection.OnClose = Verdict.QrTimeout;
        await connection.SendAsync(Result(offer), ct).ConfigureAwait(false);

        if (await ShowCodesAsync(offer.RequiredChild("pair-device"), ct).ConfigureAwait(false) is { } success)
        {
            await CompleteAsync(connection, success, ct).ConfigureAwait(false);
            await LeaveAsync(connection, ct).ConfigureAwait(false);
        }
        else
        {
            connection.End(Verdict.QrTimeout);
        }
    }

    private async Task<Node> FirstAsync(ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            var first = await NextAsync(options.HandshakeTimeout, ct).ConfigureAwait(false);
            return first.Child("pair-device") is not null
                ? first
                : throw ProtocolException.MalformedStanza("The service confirmed a linking before offering one.");
        }
        catch (TimeoutException)
        {
            connection.End(Verdict.Lost("WhatsApp offered no QR code in time."));
            throw new OperationCanceledException(ct);
        }
    }

    /// <summary>Shows one code after the other until the phone has scanned one; null when none was.</summary>
    private async Task<Node?> ShowCodesAsync(Node pairDevice, CancellationToken ct)
    {
        var credentials = own.Current!;
        var refs = pairDevice.ChildrenOf("ref").ToList();
        for (var i = 0; i < refs.Count; i++)
        {
            var lifetime = i == 0 ? options.FirstQrLifetime : options.QrLifetime;
            var code = QrCode.Format(
                refs[i].Bytes.Span,
                credentials.NoiseKey.PublicKey,
                credentials.Identity.KeyPair.PublicKey,
                credentials.AdvSecret,
                options.Device.CompanionPlatformId);
            var scanned = NextAsync(lifetime, ct); // the code's time begins before it is shown
            using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
            {
                device.Events.Add(new QrIssued(code, options.Time.GetUtcNow() + lifetime, i + 1, refs.Count));
                device.Publish();
            }

            try
            {
                return await scanned.ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The next code's turn.
            }
        }

        return null;
    }

    private async Task CompleteAsync(ServiceConnection connection, Node iq, CancellationToken ct)
    {
        var credentials = own.Current!;
        try
        {
            var success = iq.RequiredChild("pair-success");
            var names = success.RequiredChild("device");
            var phoneNumber = names.RequiredJid("jid");
            var lid = names.RequiredJid("lid");
            var identity = AdvIdentity.VerifyAndSign(
                success.RequiredChild("device-identity").Bytes.Span,
                credentials.Identity.KeyPair,
                credentials.AdvSecret,
                options.Random);
            var paired = credentials with
            {
                PhoneNumber = phoneNumber,
                Lid = lid,
                Account = identity.Account,
                Platform = success.Child("platform")?["name"] ?? "",
                BusinessName = success.Child("biz")?["name"],
            };

            using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
            {
                await device.LearnAsync(phoneNumber.ToUser(), lid.ToUser(), ct).ConfigureAwait(false);
                PreKeyStock.WriteSigned(device, paired.SignedPreKey);
                own.Replace(device, paired);
                device.Put(Keys.Identity(lid.ToUser().ToSignalAddress()), identity.AccountKey); // the phone is device 0
                device.Events.Add(new Paired(phoneNumber, lid, paired.Platform, paired.BusinessName));
                await device.Publish().WaitUntilDurableAsync(ct).ConfigureAwait(false);
            }

            connection.OnClose = new(
                NextStep.ReconnectNow,
                SessionState.Connecting,
                DisconnectReason.ServerRestart,
                "The phone has linked this device; logging in.");
            await connection.SendAsync(Reply(iq, identity), ct).ConfigureAwait(false);
            await connection.SendAsync(UnifiedSessionStanza(iq.NumberOf("t"), options.Time), ct).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is PairingException or ProtocolException)
        {
            // The keys stay, but what the phone may have learnt from the code is void.
            own.Use(credentials with { AdvSecret = options.Random.Bytes(32) });
            var (code, text) = cause is PairingException refusal ? (refusal.Code, refusal.Text) : (500, "internal-error");
            await connection.SendAsync(Failure(iq, code, text), ct).ConfigureAwait(false);
            connection.End(
                Verdict.PairingFailed(
                    $"The phone's confirmation is not valid ({text}): {cause.Message} Start the session again and scan the new QR code."));
        }
    }

    /// <summary>The service ends the connection of a linking that is done. One that forgets to is left.</summary>
    private async Task LeaveAsync(ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            await connection.Ended.WaitAsync(options.HandshakeTimeout, options.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            connection.End(connection.OnClose);
        }
    }

    /// <summary>Tells the service which of its weekly sessions this is; it counts them.</summary>
    public static Node UnifiedSessionStanza(long? serviceSeconds, TimeProvider time)
    {
        var now = serviceSeconds is { } seconds ? seconds * 1000 : time.GetUtcNow().ToUnixTimeMilliseconds();
        return new("ib", [], new Node("unified_session", [("id", UnifiedSession.Id(now))]));
    }

    /// <summary>The next stanza. A wait that times out takes none with it.</summary>
    private async Task<Node> NextAsync(TimeSpan limit, CancellationToken ct)
    {
        Node? stanza;
        while (!_stanzas.Reader.TryRead(out stanza))
            await _stanzas.Reader.WaitToReadAsync(ct).AsTask().WaitAsync(limit, options.Time, ct).ConfigureAwait(false);
        return stanza;
    }

    private static Node Result(Node iq) => new("iq", [("to", Jid.Service), ("type", "result"), ("id", iq["id"])]);

    private static Node Reply(Node iq, PairedIdentity identity) =>
        new(
            "iq",
            [("to", Jid.Service), ("type", "result"), ("id", iq["id"])],
            new Node("pair-device-sign", [], new Node("device-identity", [("key-index", identity.KeyIndex)], identity.Reply)));

    private static Node Failure(Node iq, int code, string text) =>
        new("iq", [("to", Jid.Service), ("type", "error"), ("id", iq["id"])], new Node("error", [("code", code), ("text", text)]));
}
