using QRCoder;

namespace Recado.Server.Features.Sessions;

/// <summary>Pictures of a QR code's text, with the quiet zone that scanners need.</summary>
internal static class QrImage
{
    private const int PixelsPerModule = 8;

    public static byte[] Png(string text)
    {
        using var code = Encode(text);
        using var picture = new PngByteQRCode(code);
        return picture.GetGraphic(PixelsPerModule, drawQuietZones: true);
    }

    public static string Svg(string text)
    {
        using var code = Encode(text);
        using var picture = new SvgQRCode(code);
        return picture.GetGraphic(PixelsPerModule);
    }

    /// <summary>The PNG as a <c>data:</c> URL, ready for <c>&lt;img src&gt;</c>.</summary>
    public static string DataUrl(string text) => $"data:image/png;base64,{Convert.ToBase64String(Png(text))}";

    // Level L is what WhatsApp Web shows; the text is long, and smaller modules would cost more than the redundancy gains.
    private static QRCodeData Encode(string text)
    {
        using var generator = new QRCodeGenerator();
        return generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
    }
}
