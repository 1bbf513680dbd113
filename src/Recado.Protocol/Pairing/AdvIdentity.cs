using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Pairing;

/// <summary>What a device knows after a phone has vouched for it.</summary>
/// <param name="Account">The identity with all four fields: to be stored, and sent along with every first message.</param>
/// <param name="AccountKey">The phone's identity key, 32 bytes.</param>
/// <param name="KeyIndex">The number the phone gave this device.</param>
/// <param name="Reply">The same identity without the account key: the answer to the service.</param>
public sealed record PairedIdentity(byte[] Account, byte[] AccountKey, uint KeyIndex, byte[] Reply);

/// <summary>
/// Account-signed device identities: the phone signs for the companion it links, the companion checks that and signs back.
/// </summary>
public static class AdvIdentity
{
    /// <summary>The companion's side: checks what came with <c>pair-success</c>, and counter-signs it (draws 64 bytes).</summary>
    /// <param name="container">Content of <c>device-identity</c>.</param>
    /// <param name="identity">The companion's identity key pair.</param>
    /// <param name="advSecret">The secret that was in the QR code.</param>
    /// <param name="random">For the signature.</param>
    /// <exception cref="PairingException">The phone is not the one that scanned, or has not signed for this device.</exception>
    public static PairedIdentity VerifyAndSign(
        ReadOnlySpan<byte> container, KeyPair identity, ReadOnlySpan<byte> advSecret, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(identity);
        var sealedIdentity = Protobuf.TryParse(AdvSignedDeviceIdentityHmac.Parser, container)
            ?? throw Unreadable("The container of the device identity is not a valid protobuf.");
        var expected = Hmac(sealedIdentity.Details.Span, advSecret, sealedIdentity.AccountType == AdvEncryptionType.Hosted);
        if (!CryptographicOperations.FixedTimeEquals(expected, sealedIdentity.Hmac.Span))
            throw new PairingException(PairingFailure.HmacMismatch, "The identity does not come from the phone that scanned the code.");

        var signed = Protobuf.TryParse(AdvSignedDeviceIdentity.Parser, sealedIdentity.Details.Span)
            ?? throw Unreadable("The signed device identity is not a valid protobuf.");
        var details = Protobuf.TryParse(AdvDeviceIdentity.Parser, signed.Details.Span)
            ?? throw Unreadable("The device identity is not a valid protobuf.");
        if (!IsSignedByAccount(signed, details, identity.PublicKey))
            throw new PairingException(PairingFailure.SignatureMismatch, "The account's signature does not cover this device.");

        var message = AdvSignature.DeviceMessage(signed.Details.Span, identity.PublicKey, signed.AccountSignatureKey.Span);
        signed.DeviceSignature = UnsafeByteOperations.UnsafeWrap(XEdDsa.Sign(identity.PrivateKey, message, random));
        var account = signed.ToByteArray();
        var accountKey = signed.AccountSignatureKey.ToByteArray();
        signed.ClearAccountSignatureKey();
        return new(account, accountKey, details.KeyIndex, signed.ToByteArray());
    }

    /// <summary>The phone's side: signs for a companion (draws 64 bytes). The result goes into <c>pair-success</c>.</summary>
    /// <param name="account">The phone's identity key pair.</param>
    /// <param name="companionIdentity">The companion's identity key from the QR code.</param>
    /// <param name="advSecret">The secret from the QR code.</param>
    /// <param name="details">Who the companion becomes; its device type decides how it is signed.</param>
    /// <param name="random">For the signature.</param>
    public static byte[] Issue(
        KeyPair account,
        ReadOnlySpan<byte> companionIdentity,
        ReadOnlySpan<byte> advSecret,
        AdvDeviceIdentity details,
        IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(details);
        var detailBytes = details.ToByteString();
        var deviceHosted = details.DeviceType == AdvEncryptionType.Hosted;
        var message = AdvSignature.AccountMessage(detailBytes.Span, companionIdentity, deviceHosted);
        var signed = new AdvSignedDeviceIdentity
        {
            Details = detailBytes,
            AccountSignatureKey = ByteString.CopyFrom(account.PublicKey),
            AccountSignature = UnsafeByteOperations.UnsafeWrap(XEdDsa.Sign(account.PrivateKey, message, random)),
        }.ToByteString();

        var hosted = details.AccountType == AdvEncryptionType.Hosted;
        var container = new AdvSignedDeviceIdentityHmac
        {
            Details = signed,
            Hmac = UnsafeByteOperations.UnsafeWrap(Hmac(signed.Span, advSecret, hosted)),
        };
        if (hosted)
            container.AccountType = AdvEncryptionType.Hosted;
        return container.ToByteArray();
    }

    /// <summary>
    /// The phone's and the service's side: reads the companion's answer and checks both signatures.
    /// </summary>
    /// <param name="reply">Content of <c>device-identity</c> in the answer; must not name the account key itself.</param>
    /// <param name="companionIdentity">The companion's identity key.</param>
    /// <param name="accountKey">The phone's identity key.</param>
    /// <returns>The identity with all four fields, or <see langword="null"/> when the answer does not stand.</returns>
    public static byte[]? CompleteReply(ReadOnlySpan<byte> reply, ReadOnlySpan<byte> companionIdentity, ReadOnlySpan<byte> accountKey)
    {
        if (Protobuf.TryParse(AdvSignedDeviceIdentity.Parser, reply) is not { HasAccountSignatureKey: false } signed)
            return null;

        signed.AccountSignatureKey = ByteString.CopyFrom(accountKey);
        var account = signed.ToByteArray();
        return VerifyDeviceSignature(account, companionIdentity, accountKey) ? account : null;
    }

    /// <summary>
    /// For any receiver of a first message: whether the account vouches for the device, and the device has signed back.
    /// </summary>
    /// <param name="account">Content of <c>device-identity</c>, with the account key.</param>
    /// <param name="deviceIdentity">The device's identity key, 32 bytes.</param>
    /// <param name="accountKey">The identity key known for the account's phone, 32 bytes.</param>
    public static bool VerifyDeviceSignature(ReadOnlySpan<byte> account, ReadOnlySpan<byte> deviceIdentity, ReadOnlySpan<byte> accountKey)
    {
        if (Protobuf.TryParse(AdvSignedDeviceIdentity.Parser, account) is not { } signed
            || Protobuf.TryParse(AdvDeviceIdentity.Parser, signed.Details.Span) is not { } details)
        {
            return false;
        }

        var message = AdvSignature.DeviceMessage(signed.Details.Span, deviceIdentity, accountKey);
        return signed.AccountSignatureKey.Span.SequenceEqual(accountKey)
            && IsSignedByAccount(signed, details, deviceIdentity)
            && AdvSignature.Verify(deviceIdentity, message, signed.DeviceSignature);
    }

    /// <summary>The phone's side: the signed list of its companions' key indexes (draws 64 bytes).</summary>
    public static byte[] SignKeyIndexList(KeyPair account, AdvKeyIndexList list, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(list);
        var details = list.ToByteString();
        return new AdvSignedKeyIndexList
        {
            Details = details,
            AccountSignature = UnsafeByteOperations.UnsafeWrap(
                XEdDsa.Sign(account.PrivateKey, AdvSignature.KeyIndexMessage(details.Span), random)),
        }.ToByteArray();
    }

    /// <summary>The list inside, or <see langword="null"/> when it cannot be read or is not signed by the account.</summary>
    public static AdvKeyIndexList? VerifyKeyIndexList(ReadOnlySpan<byte> signedList, ReadOnlySpan<byte> accountKey)
    {
        return Protobuf.TryParse(AdvSignedKeyIndexList.Parser, signedList) is { } signed
            && AdvSignature.Verify(accountKey, AdvSignature.KeyIndexMessage(signed.Details.Span), signed.AccountSignature)
            ? Protobuf.TryParse(AdvKeyIndexList.Parser, signed.Details.Span)
            : null;
    }

    private static bool IsSignedByAccount(AdvSignedDeviceIdentity signed, AdvDeviceIdentity details, ReadOnlySpan<byte> deviceIdentity)
    {
        var message = AdvSignature.AccountMessage(signed.Details.Span, deviceIdentity, details.DeviceType == AdvEncryptionType.Hosted);
        return AdvSignature.Verify(signed.AccountSignatureKey.Span, message, signed.AccountSignature);
    }

    private static byte[] Hmac(ReadOnlySpan<byte> details, ReadOnlySpan<byte> advSecret, bool hosted) =>
        HMACSHA256.HashData(advSecret, hosted ? [.. AdvSignature.HostedPrefix, .. details] : details);

    private static PairingException Unreadable(string message) => new(PairingFailure.InternalError, message);
}
