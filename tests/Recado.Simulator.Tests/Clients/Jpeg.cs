using System.Buffers.Binary;

namespace Recado.Simulator.Tests.Clients;

/// <summary>Pictures that are JPEGs by their headers, and hold nothing.</summary>
internal static class Jpeg
{
    public static byte[] OfSize(ushort width, ushort height)
    {
        byte[] file =
        [
            0xFF, 0xD8, // start of image
            0xFF, 0xE0, 0, 4, 0, 0, // something before the frame
            0xFF, 0xC0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0, // frame header: length, precision, height, width, one component
            0xFF, 0xD9, // end of image
        ];
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(13), height);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(15), width);
        return file;
    }
}
