namespace Recado.Protocol.Pairing;

/// <summary>The eight characters a user compares or types: 5 bytes in base 32 without the look-alikes 0, I, O and U.</summary>
internal static class PairingCode
{
    public const int ByteLength = 5;

    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTVWXYZ";
    private const int Length = 8;

    /// <summary>The form <c>XXXX-XXXX</c>.</summary>
    public static string Format(ReadOnlySpan<byte> bytes)
    {
        ulong bits = 0;
        foreach (var b in bytes[..ByteLength])
            bits = (bits << 8) | b;

        Span<char> code = stackalloc char[Length];
        for (var i = Length - 1; i >= 0; i--, bits >>= 5)
            code[i] = Alphabet[(int)(bits & 31)];

        return $"{code[..4]}-{code[4..]}";
    }
}
