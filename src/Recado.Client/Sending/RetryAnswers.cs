using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>
/// Gives a message again to a device that could not decrypt it: encrypted anew, for that device alone, under the same id.
/// </summary>
internal sealed class RetryAnswers(DeviceState state, OwnDevice own, SessionStarter sessions, ClientOptions options, ILogger logger)
{
    private const int MaxAnswers = 5;

    /// <summary>Answers the request if it is one that can be answered, and settles it either way.</summary>
    public async Task AnswerAsync(Node receipt, ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            await TryAnswerAsync(receipt, connection, ct).ConfigureAwait(false);
        }
        catch (ProtocolException cause)
        {
            ClientLog.StanzaRejected(logger, receipt.Tag, cause.Message);
            using var device = await state.BeginAsync(ct).ConfigureAwait(false);
            device.Send(connection, Settlement.Ack(receipt));
            device.Publish();
        }
    }

    private async Task TryAnswerAsync(Node receipt, ServiceConnection connection, CancellationToken ct)
    {
        var requester = receipt.RequiredJid("from");
        var bundle = BundleOf(receipt);
        if (bundle is null && await NeedsBundleAsync(receipt, requester, ct).ConfigureAwait(false))
            (await sessions.FetchAsync(connection, [requester], ct).ConfigureAwait(false)).TryGetValue(requester, out bundle);

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var address = await device.AddressOfAsync(requester, ct).ConfigureAwait(false);
        if (await FindDueAsync(device, receipt, requester, address, ct).ConfigureAwait(false) is { } due)
        {
            if (bundle is not null)
                await sessions.TryStartAsync(device, requester, address, bundle, ct).ConfigureAwait(false);
            if (await MakeAnswerAsync(device, receipt, due, requester, address, ct).ConfigureAwait(false) is { } answer)
                device.Send(connection, answer);
        }

        device.Send(connection, Settlement.Ack(receipt));
        device.Publish();
    }

    /// <summary>
    /// The message to give again; null when there is none, when it was not for the requester, or when it was given often enough. Looked for
    /// first: whoever may not have it neither replaces a session nor makes us ask for keys.
    /// </summary>
    private async ValueTask<DueAnswer?> FindDueAsync(
        DeviceTransaction device,
        Node receipt,
        Jid requester,
        SignalAddress address,
        CancellationToken ct)
    {
        var id = receipt.Required("id");
        if (await SentMessage.FindAsync(device, id, ct).ConfigureAwait(false) is not { } sent
            || !await IsRecipientAsync(device, sent, requester, ct).ConfigureAwait(false))
            return null;

        var given = await device.ReadAsync(Keys.RetryGiven(address, id), ct).ConfigureAwait(false) is [var stored] ? stored : 0;
        return given < MaxAnswers ? new(id, sent, given) : null;
    }

    private async ValueTask<Node?> MakeAnswerAsync(
        DeviceTransaction device,
        Node receipt,
        DueAnswer due,
        Jid requester,
        SignalAddress address,
        CancellationToken ct)
    {
        var (id, sent, given) = due;
        var count = (int)Math.Clamp(receipt.Child("retry")?.NumberOf("count") ?? 1, 1, byte.MaxValue);
        var message = Message.Parser.ParseFrom(sent.Protobuf);
        var traits = MessageTraits.Of(message);
        if (own.Paired.IsOwn(requester))
            message = MessageSender.OwnCopy(message, sent.To);
        if (await sessions.TryEncryptAsync(device, address, message.ToByteArray(), ct).ConfigureAwait(false) is not { } encrypted)
            return null;

        device.Put(Keys.RetryGiven(address, id), [(byte)(given + 1)], expiresAt: options.Time.GetUtcNow() + options.SentMessageLifetime);
        ClientLog.Resent(logger, id, given + 1);
        return Stanzas.RetryAnswer(receipt, sent.QueuedAt, traits, encrypted, count, own.Paired.Account ?? []);
    }

    /// <summary>A message is given again only to those it was for: the recipient's devices and our own.</summary>
    private async ValueTask<bool> IsRecipientAsync(DeviceTransaction device, SentMessage sent, Jid requester, CancellationToken ct) =>
        own.Paired.IsOwn(requester)
        || await device.CanonicalAsync(requester, ct).ConfigureAwait(false)
            == await device.CanonicalAsync(sent.To, ct).ConfigureAwait(false);

    /// <summary>Whether the session at hand is missing, of an earlier installation, or has failed the requester before.</summary>
    private async ValueTask<bool> NeedsBundleAsync(Node receipt, Jid requester, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var address = await device.AddressOfAsync(requester, ct).ConfigureAwait(false);
        if (await FindDueAsync(device, receipt, requester, address, ct).ConfigureAwait(false) is null)
            return false;

        var session = await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false);
        return session is not { CanSend: true }
            || receipt.Child("retry")?.NumberOf("count") >= 2
            || (receipt.Child("registration") is not null && PreKeyBundleNodes.ParseRegistration(receipt) != session.RemoteRegistrationId);
    }

    private static PreKeyBundle? BundleOf(Node receipt) => receipt.Child("keys") is null ? null : PreKeyBundleNodes.Parse(receipt);

    private sealed record DueAnswer(string Id, SentMessage Sent, int Given);
}
