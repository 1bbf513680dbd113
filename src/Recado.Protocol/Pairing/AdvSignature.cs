using Recado.Protocol.Crypto;

namespace Recado.Protocol.Pairing;

/// <summary>
/// The signatures of account-signed device identities. Two bytes in front of the message keep the kinds apart.
/// </summary>
internal static class AdvSignature
{
    private static readonly byte[] Account = [0x06, 0x00];
    private static readonly byte[] Device = [0x06, 0x01];
    private static readonly byte[] KeyIndexList = [0x06, 0x02];
    private static readonly byte[] HostedAccount = [0x06, 0x05];

    public static ReadOnlySpan<byte> HostedPrefix => HostedAccount;

    /// <summary><c>06 00 | 06 05 ‖ details ‖ device identity</c>, by the account.</summary>
    public static byte[] AccountMessage(ReadOnlySpan<byte> details, ReadOnlySpan<byte> deviceIdentity, bool hosted) =>
        [.. hosted ? HostedAccount : Account, .. details, .. deviceIdentity];

    /// <summary><c>06 01 ‖ details ‖ device identity ‖ account key</c>, by the device.</summary>
    public static byte[] DeviceMessage(ReadOnlySpan<byte> details, ReadOnlySpan<byte> deviceIdentity, ReadOnlySpan<byte> accountKey) =>
        [.. Device, .. details, .. deviceIdentity, .. accountKey];

    /// <summary><c>06 02 ‖ details</c>, by the account.</summary>
    public static byte[] KeyIndexMessage(ReadOnlySpan<byte> details) => [.. KeyIndexList, .. details];

    public static bool Verify(ReadOnlySpan<byte> key, byte[] message, Google.Protobuf.ByteString signature) =>
        XEdDsa.Verify(key, message, signature.Span);
}
