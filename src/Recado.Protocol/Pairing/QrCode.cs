using System.Diagnostics.CodeAnalysis;
using System.Text;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Pairing;

/// <summary>What the phone learns from the QR code of a device to be linked.</summary>
/// <param name="Ref">The service's name for this attempt.</param>
/// <param name="NoisePublicKey">Public key of the connection, 32 bytes.</param>
/// <param name="IdentityPublicKey">Identity key of the device, 32 bytes.</param>
/// <param name="AdvSecret">Secret by which the device recognises the phone that scanned, 32 bytes.</param>
/// <param name="PlatformId">One character for the kind of device; absent in codes of older clients.</param>
public sealed record QrCode(string Ref, byte[] NoisePublicKey, byte[] IdentityPublicKey, byte[] AdvSecret, string? PlatformId)
{
    private const string Prefix = "https://wa.me/settings/linked_devices#";
    private const int MinFields = 4;
    private const int MaxTextLength = 4096;

    /// <summary>The text to draw.</summary>
    /// <param name="refBytes">The ref as the service sent it.</param>
    /// <param name="noisePublicKey">Public key of the connection, 32 bytes.</param>
    /// <param name="identityPublicKey">Identity key of the device, 32 bytes.</param>
    /// <param name="advSecret">The device's secret, 32 bytes.</param>
    /// <param name="platformId"><see cref="DeviceProfile.CompanionPlatformId"/>.</param>
    public static string Format(
        ReadOnlySpan<byte> refBytes,
        ReadOnlySpan<byte> noisePublicKey,
        ReadOnlySpan<byte> identityPublicKey,
        ReadOnlySpan<byte> advSecret,
        string platformId) =>
        $"{Prefix}{Encoding.UTF8.GetString(refBytes)},{Convert.ToBase64String(noisePublicKey)},"
        + $"{Convert.ToBase64String(identityPublicKey)},{Convert.ToBase64String(advSecret)},{platformId}";

    /// <summary>Reads the text of a code: with or without the address in front, with four fields or more.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolError.MalformedPayload"/>: the text is another.</exception>
    public static QrCode Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var code)
            ? code
            : throw ProtocolException.MalformedPayload("The text is not that of a code for linking a device.");
    }

    /// <summary>Reads the text of a code: with or without the address in front, with four fields or more.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out QrCode? code)
    {
        code = null;
        if (text is null or { Length: > MaxTextLength })
            return false;

        var fields = text[(text.LastIndexOf('#') + 1)..].Split(',');
        if (fields.Length < MinFields || fields[0].Length == 0)
            return false;

        if (Key(fields[1]) is { } noise && Key(fields[2]) is { } identity && Key(fields[3]) is { } secret)
            code = new(fields[0], noise, identity, secret, fields.Length > MinFields ? fields[MinFields] : null);

        return code is not null;
    }

    private static byte[]? Key(string base64)
    {
        var key = new byte[X25519.KeyLength];
        return Convert.TryFromBase64String(base64, key, out var length) && length == key.Length ? key : null;
    }
}
