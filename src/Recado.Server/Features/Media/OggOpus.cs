using System.Buffers.Binary;

namespace Recado.Server.Features.Media;

/// <summary>
/// The length of an Ogg Opus file (RFC 7845). A page is <c>"OggS" version(1) flags(1) granule(8) serial(4) number(4) crc(4) segments(1)
/// lacing(segments) payload</c>; the last page's granule counts samples of 48 kHz, of which the decoder drops the first ones.
/// </summary>
internal static class OggOpus
{
    private const int PageHead = 27, TailLength = 128 * 1024, SampleRate = 48_000;
    private const int SerialOffset = 14, GranuleOffset = 6;

    /// <returns>The seconds, at least one; null when the file is no Ogg Opus.</returns>
    public static async Task<uint?> SecondsOfAsync(Stream file, CancellationToken ct)
    {
        var head = new byte[PageHead + byte.MaxValue + 19];
        file.Position = 0;
        var count = await file.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, ct);
        if (Head(head.AsSpan(0, count)) is not { } first)
            return null;

        var tail = new byte[(int)Math.Min(TailLength, file.Length)];
        file.Position = file.Length - tail.Length;
        await file.ReadExactlyAsync(tail, ct);
        return LastGranule(tail, first.Serial) is { } granule ? (uint)Math.Max(1, (granule - first.Skip + (SampleRate / 2)) / SampleRate) : null;
    }

    private static (uint Serial, int Skip)? Head(ReadOnlySpan<byte> page)
    {
        if (page.Length < PageHead || !page.StartsWith("OggS"u8))
            return null;

        var packet = page[Math.Min(page.Length, PageHead + page[PageHead - 1])..];
        return packet.Length >= 12 && packet.StartsWith("OpusHead"u8)
            ? (BinaryPrimitives.ReadUInt32LittleEndian(page[SerialOffset..]), BinaryPrimitives.ReadUInt16LittleEndian(packet[10..]))
            : null;
    }

    private static long? LastGranule(ReadOnlySpan<byte> tail, uint serial)
    {
        for (var at = tail.LastIndexOf("OggS"u8); at >= 0; at = tail[..at].LastIndexOf("OggS"u8))
        {
            var page = tail[at..];
            if (page.Length < PageHead || BinaryPrimitives.ReadUInt32LittleEndian(page[SerialOffset..]) != serial)
                continue;

            var granule = BinaryPrimitives.ReadInt64LittleEndian(page[GranuleOffset..]);
            if (granule is >= 0 and < (long)uint.MaxValue * SampleRate) // -1: no packet ends on the page
                return granule;
        }

        return null;
    }
}
