using System.Security.Cryptography;

namespace Recado.Protocol.Crypto;

/// <summary>The operating system's randomness, and ways to draw from any source.</summary>
public static class RandomSource
{
    /// <summary>Cryptographically strong, thread-safe; the source for anything but tests.</summary>
    public static IRandomSource System { get; } = new SystemRandomSource();

    /// <summary>Draws <paramref name="count"/> bytes into a new array.</summary>
    public static byte[] Bytes(this IRandomSource random, int count)
    {
        ArgumentNullException.ThrowIfNull(random);
        var bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }

    private sealed class SystemRandomSource : IRandomSource
    {
        public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
    }
}
