using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Client.Receiving;

/// <summary>Asks authors for messages we could not decrypt, from the second time on with fresh keys to encrypt them to.</summary>
internal sealed class RetryRequests(OwnDevice own, PreKeyStock preKeys, ClientOptions options, ILogger logger)
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan StatusLifetime = TimeSpan.FromHours(24); // nobody sees it any more
    private static readonly TimeSpan CountLifetime = TimeSpan.FromDays(14); // as long as the service keeps messages

    /// <summary>Adds a request to the transaction, unless there have been enough. Returns which attempt it is.</summary>
    public async ValueTask<int> AskAsync(
        DeviceTransaction device,
        ServiceConnection connection,
        Node stanza,
        MessageSource source,
        SignalAddress sender,
        SignalError error,
        CancellationToken ct)
    {
        var key = Keys.RetryAsked(source.Chat, sender, source.Id);
        var encs = stanza.ChildrenOf("enc").ToList();
        var before = await device.ReadAsync(key, ct).ConfigureAwait(false) is [var count]
            ? count
            : Math.Clamp(encs.Count == 1 ? encs[0].NumberOf("count") ?? 0 : 0, 0, MaxAttempts);
        var attempt = (int)before + 1;
        ClientLog.Undecryptable(logger, source.Id, error.ToString(), attempt);
        ClientTelemetry.Undecryptable(error);
        if (attempt > MaxAttempts || (source.Chat.IsStatusBroadcast && options.Time.GetUtcNow() - source.Timestamp > StatusLifetime))
            return attempt;

        ClientTelemetry.RetryAsked();
        device.Put(key, [(byte)attempt], expiresAt: options.Time.GetUtcNow() + CountLifetime);
        var credentials = own.Paired;
        var lacksSenderKey = error is SignalError.NoSenderKey or SignalError.NoSenderKeyState && encs.TrueForAll(enc => enc["type"] == "skmsg");
        var keys =
            attempt > 1 || lacksSenderKey
                ? PreKeyBundleNodes.FormatRetry(await BundleAsync(device, credentials, ct).ConfigureAwait(false), credentials.Account)
                : [PreKeyBundleNodes.FormatRegistration(credentials.Identity.RegistrationId)];

        device.Send(
            connection,
            new Node(
                "receipt",
                [
                    ("id", source.Id),
                    ("to", stanza.JidOf("from")),
                    ("type", "retry"),
                    ("participant", stanza.JidOf("participant")),
                    ("recipient", stanza.JidOf("recipient")),
                    ("category", stanza["category"] == "peer" ? "peer" : null),
                ],
                [new("retry", [("count", attempt), ("id", source.Id), ("t", stanza["t"]), ("v", "1"), ("error", Code(error))]), .. keys]));
        return attempt;
    }

    private async ValueTask<PreKeyBundle> BundleAsync(DeviceTransaction device, Credentials credentials, CancellationToken ct)
    {
        var preKey = await preKeys.MakeForRetryAsync(device, ct).ConfigureAwait(false);
        var signed = credentials.SignedPreKey;
        return new(
            credentials.Identity.RegistrationId,
            credentials.Identity.KeyPair.PublicKey,
            preKey.Id,
            preKey.KeyPair.PublicKey,
            signed.Id,
            signed.KeyPair.PublicKey,
            signed.Signature);
    }

    private static int Code(SignalError error) =>
        error switch
        {
            SignalError.NoSession or SignalError.NoSenderKey or SignalError.NoSenderKeyState => 1,
            SignalError.NoSignedPreKey or SignalError.NoOneTimePreKey => 3,
            SignalError.InvalidMessage or SignalError.BadPadding => 4,
            SignalError.InvalidSignature => 5,
            SignalError.TooFarIntoFuture => 6,
            SignalError.BadMac => 7,
            SignalError.UntrustedIdentity => 8,
            _ => 0,
        };
}
