using System.Buffers;

namespace Recado.Protocol.Binary;

/// <summary>Text of sixteen letters, two to a byte, high half first; an odd length leaves 15 in the last half.</summary>
internal static class PackedText
{
    private const string NibbleAlphabet = "0123456789-.";
    private const string HexAlphabet = "0123456789ABCDEF";
    private const int Filler = 15;

    private static readonly SearchValues<char> Nibbles = SearchValues.Create(NibbleAlphabet);
    private static readonly SearchValues<char> Hex = SearchValues.Create(HexAlphabet);

    /// <summary>Which packing, if any, shortens the text. Hexadecimal is upper case only.</summary>
    public static bool TryClassify(ReadOnlySpan<char> text, out byte tag)
    {
        tag = BinaryTag.Nibble8;
        if (text.Length is 0 or > NodeLimits.MaxPackedLength)
            return false;
        if (!text.ContainsAnyExcept(Nibbles))
            return true;

        tag = BinaryTag.Hex8;
        return !text.ContainsAnyExcept(Hex);
    }

    /// <summary>Packs text that <see cref="TryClassify"/> has accepted into (length + 1) / 2 bytes.</summary>
    public static void Pack(ReadOnlySpan<char> text, Span<byte> packed)
    {
        for (var i = 0; i < packed.Length; i++)
        {
            var high = Value(text[2 * i]);
            var low = 2 * i + 1 < text.Length ? Value(text[2 * i + 1]) : Filler;
            packed[i] = (byte)((high << 4) | low);
        }
    }

    /// <summary>Reads packed text back.</summary>
    public static string Unpack(ReadOnlySpan<byte> packed, bool isOdd, bool isHex)
    {
        if (isOdd && packed.IsEmpty)
            throw ProtocolException.MalformedNode("packed text announces half a byte but has none.");

        return string.Create(
            2 * packed.Length - (isOdd ? 1 : 0),
            new Packed(packed, isHex ? HexAlphabet : NibbleAlphabet),
            static (text, source) =>
            {
                for (var i = 0; i < text.Length; i++)
                {
                    var both = source.Bytes[i / 2];
                    text[i] = Letter(source.Alphabet, i % 2 == 0 ? both >> 4 : both & 0x0F);
                }
            });
    }

    private static int Value(char letter) => letter switch
    {
        '-' => 10,
        '.' => 11,
        >= 'A' => letter - 'A' + 10,
        _ => letter - '0',
    };

    private static char Letter(string alphabet, int value) => value < alphabet.Length
        ? alphabet[value]
        : throw ProtocolException.MalformedNode($"packed text has the half-byte {value}, which is no letter.");

    private readonly ref struct Packed(ReadOnlySpan<byte> bytes, string alphabet)
    {
        public ReadOnlySpan<byte> Bytes { get; } = bytes;

        public string Alphabet { get; } = alphabet;
    }
}
