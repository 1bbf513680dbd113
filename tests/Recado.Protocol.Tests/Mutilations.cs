namespace Recado.Protocol.Tests;

/// <summary>Everything a hostile or broken peer may make of good bytes.</summary>
internal static class Mutilations
{
    /// <summary>The bytes cut at every length, and with every byte changed in three ways.</summary>
    public static IEnumerable<byte[]> Of(byte[] good)
    {
        for (var length = 0; length < good.Length; length++)
            yield return good[..length];

        foreach (var flip in (byte[])[0x01, 0x80, 0xFF])
        {
            for (var at = 0; at < good.Length; at++)
            {
                var changed = (byte[])good.Clone();
                changed[at] ^= flip;
                yield return changed;
            }
        }
    }

    /// <summary>Runs a parser over all of them; only the errors of the protocol may come out. Returns how many were refused.</summary>
    public static int AssertTyped(byte[] good, Action<byte[]> parse)
    {
        var refused = 0;
        foreach (var bytes in Of(good))
        {
            if (Record.Exception(() => parse(bytes)) is not { } thrown)
                continue;
            Assert.IsAssignableFrom<RecadoException>(thrown);
            refused++;
        }

        return refused;
    }
}
