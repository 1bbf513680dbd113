using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Recado.Protocol.Pairing;

/// <summary>
/// The version of WhatsApp Web a device claims to be, such as <c>2.3000.1045649367</c>.
/// The service refuses versions that are too old.
/// </summary>
[StructLayout(LayoutKind.Auto)]
public readonly record struct WebVersion(uint Primary, uint Secondary, uint Tertiary)
{
    private const int Parts = 3;

    /// <summary>Reads three numbers with dots between them.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static WebVersion Parse(string text) => TryParse(text, out var version)
        ? version
        : throw new FormatException("A WhatsApp Web version has the form 2.3000.1045649367.");

    /// <summary>Reads three numbers with dots between them.</summary>
    public static bool TryParse(string? text, out WebVersion version)
    {
        var parts = text?.Split('.') ?? [];
        Span<uint> numbers = stackalloc uint[Parts];
        version = default;
        if (parts.Length != Parts)
            return false;

        for (var i = 0; i < Parts; i++)
        {
            if (!uint.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i]))
                return false;
        }

        version = new(numbers[0], numbers[1], numbers[2]);
        return true;
    }

    /// <summary>The MD5 of the text, 16 bytes: a checksum the registration carries, not a protection.</summary>
#pragma warning disable CA5351 // prescribed by the protocol
    public byte[] BuildHash() => MD5.HashData(Encoding.ASCII.GetBytes(ToString()));
#pragma warning restore CA5351

    /// <summary>The form <see cref="Parse"/> reads.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Primary}.{Secondary}.{Tertiary}");
}
