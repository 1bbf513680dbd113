using Recado.Client.Contacts;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Receiving;

/// <summary>Opens one <c>enc</c> node. The ratchet moves, within the transaction, only when a whole message came out.</summary>
internal sealed class MessageDecryptor(OwnDevice own, ClientOptions options)
{
    /// <summary>The message inside; null when the kind of encryption is not known.</summary>
    /// <exception cref="SignalException">It cannot be decrypted; nothing was changed.</exception>
    /// <exception cref="ProtocolException">What was decrypted is no message; nothing was changed.</exception>
    public async ValueTask<Message?> DecryptAsync(
        DeviceTransaction device,
        MessageSource source,
        SignalAddress sender,
        Node enc,
        CancellationToken ct)
    {
        if (enc["v"] is not "2")
            return enc["type"] is "pkmsg" or "msg" or "skmsg"
                ? throw ProtocolException.MalformedPayload("The message has an unknown encryption version.")
                : null;

        return enc["type"] switch
        {
            "pkmsg" => await OpenFirstAsync(device, source.Sender, sender, enc.Bytes, ct).ConfigureAwait(false),
            "msg" => await OpenAsync(device, sender, enc.Bytes, ct).ConfigureAwait(false),
            "skmsg" when source.Group is { } group => await OpenGroupAsync(device, group, source.Sender, sender, enc.Bytes, ct)
                .ConfigureAwait(false),
            _ => null,
        };
    }

    private async ValueTask<Message> OpenFirstAsync(
        DeviceTransaction device,
        Jid senderJid,
        SignalAddress sender,
        ReadOnlyMemory<byte> body,
        CancellationToken ct)
    {
        var credentials = own.Paired;
        var header = SessionCipher.ReadHeader(body.Span);
        var session = await device.ReadAsync(Keys.Session(sender), LidMap.Session, ct).ConfigureAwait(false);
        var signedPreKey =
            header.SignedPreKeyId == credentials.SignedPreKey.Id
                ? credentials.SignedPreKey
                : await PreKeyStock.FindSignedAsync(device, header.SignedPreKeyId, ct).ConfigureAwait(false);
        var preKey = header.PreKeyId is { } id ? await PreKeyStock.FindAsync(device, id, ct).ConfigureAwait(false) : null;

        var opened = SessionCipher.DecryptPreKey(session, credentials.Identity, body.Span, new(signedPreKey, preKey), options.Random);
        var message = Parse(opened.Plaintext);
        device.Put(Keys.Session(sender), opened.Record.Serialize(), opened.Record);
        if (opened.ConsumedPreKeyId is { } consumed)
            device.Delete(Keys.PreKey(consumed));
        await SessionStarter.TrustAsync(device, senderJid, sender, opened.RemoteIdentityKey, ct).ConfigureAwait(false);
        return message;
    }

    private async ValueTask<Message> OpenAsync(
        DeviceTransaction device,
        SignalAddress sender,
        ReadOnlyMemory<byte> body,
        CancellationToken ct)
    {
        var session =
            await device.ReadAsync(Keys.Session(sender), LidMap.Session, ct).ConfigureAwait(false)
            ?? throw new SignalException(SignalError.NoSession, "There is no session with the sending device.");
        var opened = SessionCipher.Decrypt(session, body.Span, options.Random);
        var message = Parse(opened.Plaintext);
        device.Put(Keys.Session(sender), opened.Record.Serialize(), opened.Record);
        return message;
    }

    private static async ValueTask<Message> OpenGroupAsync(
        DeviceTransaction device,
        Jid group,
        Jid senderJid,
        SignalAddress sender,
        ReadOnlyMemory<byte> body,
        CancellationToken ct)
    {
        var opened = SenderKeyCipher.Decrypt(await SenderKeys.FindAsync(device, group, senderJid, sender, ct).ConfigureAwait(false), body.Span);
        var message = Parse(opened.Plaintext);
        SenderKeys.Put(device, group, sender, opened.Record);
        return message;
    }

    private static Message Parse(byte[] padded) => MessageContentMapper.Parse(MessagePadding.Unpad(padded));
}
