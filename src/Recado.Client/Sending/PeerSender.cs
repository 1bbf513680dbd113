using Google.Protobuf;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>Sends messages to our own phone, for it alone.</summary>
internal sealed class PeerSender(DeviceState state, OwnDevice own, SessionStarter sessions, ClientOptions options)
{
    public string NewId() => MessageId.Create(options.Time.GetUtcNow(), own.Paired.PhoneNumber?.User, options.Random);

    /// <summary>Encrypts a message and lets it leave once that is saved. A connection that ends before loses it.</summary>
    /// <param name="connection">What it leaves through.</param>
    /// <param name="id">Its id, from <see cref="NewId"/>.</param>
    /// <param name="message">What to say.</param>
    /// <param name="alsoSave">What to save with it; null for nothing.</param>
    /// <param name="ct">Gives up; nothing is saved then.</param>
    /// <exception cref="ConnectionException">The connection has ended, or the phone has no keys at the service.</exception>
    public async Task SendAsync(ServiceConnection connection, string id, Message message, Action<DeviceTransaction>? alsoSave, CancellationToken ct)
    {
        var phone = (own.Paired.Lid ?? own.Paired.PhoneNumber!.Value).ToUser();
        var plaintext = message.ToByteArray();
        if (await TrySendAsync(connection, id, phone, plaintext, bundle: null, alsoSave, ct).ConfigureAwait(false))
            return;

        var bundles = await sessions.FetchAsync(connection, [phone], ct).ConfigureAwait(false);
        if (!bundles.TryGetValue(phone, out var bundle)
            || !await TrySendAsync(connection, id, phone, plaintext, bundle, alsoSave, ct).ConfigureAwait(false))
            throw new ConnectionException("The own phone has no usable keys at the service.");
    }

    private async Task<bool> TrySendAsync(
        ServiceConnection connection, string id, Jid phone, byte[] plaintext, PreKeyBundle? bundle, Action<DeviceTransaction>? alsoSave, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var address = await device.AddressOfAsync(phone, ct).ConfigureAwait(false);
        if (bundle is not null && !await sessions.TryStartAsync(device, phone, address, bundle, ct).ConfigureAwait(false))
            return false;
        if (await sessions.TryEncryptAsync(device, address, plaintext, ct).ConfigureAwait(false) is not { } encrypted)
            return false;

        alsoSave?.Invoke(device);
        device.Send(connection, Stanzas.PeerMessage(id, own.Paired.PhoneNumber!.Value.ToUser(), encrypted, own.Paired.Account ?? []));
        device.Publish();
        return true;
    }
}
