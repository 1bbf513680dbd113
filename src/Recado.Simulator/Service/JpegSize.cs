using System.Buffers.Binary;

namespace Recado.Simulator.Service;

/// <summary>Width and height of a JPEG, from the header of its first frame.</summary>
internal static class JpegSize
{
    private const byte Marker = 0xFF, StartOfImage = 0xD8;

    /// <returns><see langword="null"/> when the bytes are no JPEG.</returns>
    public static (int Width, int Height)? Read(ReadOnlySpan<byte> file)
    {
        if (file is not [Marker, StartOfImage, ..])
            return null;

        var rest = file[2..];
        while (rest is [Marker, var kind, _, _, ..])
        {
            var length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);

            // Frame headers: marker, length, precision, height, width. C4, C8 and CC are tables, not frames.
            if (kind is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
                return rest.Length < 9 ? null : (BinaryPrimitives.ReadUInt16BigEndian(rest[7..]), BinaryPrimitives.ReadUInt16BigEndian(rest[5..]));
            if (length < 2 || rest.Length < 2 + length)
                return null;

            rest = rest[(2 + length)..];
        }

        return null;
    }
}
