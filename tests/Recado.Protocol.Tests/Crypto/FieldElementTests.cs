using System.Globalization;
using System.Numerics;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Tests.Crypto;

public sealed class FieldElementTests
{
    private static readonly BigInteger P = BigInteger.Pow(2, 255) - 19;

    /// <summary>Zero, the neighbours of p and of 2^255, limbs of ones and zeros, and a fixed sequence of others.</summary>
    public static TheoryData<string> Values()
    {
        var values = new List<BigInteger> { 0, 1, 2, P - 2, P - 1, P, P + 1, P + 18, BigInteger.Pow(2, 64) - 1, BigInteger.Pow(2, 192), P - BigInteger.Pow(2, 64) };
        for (var i = 3; values.Count < 100; i++)
            values.Add(BigInteger.ModPow(i, 1_000_003, P));

        return new TheoryData<string>(values.Select(v => v.ToString(CultureInfo.InvariantCulture)));
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Operators_WhenComparedWithBigInteger_Agree(string text)
    {
        var x = BigInteger.Parse(text, CultureInfo.InvariantCulture);
        foreach (var y in new[] { 0, 1, x, P - 1, P - x % P, BigInteger.Pow(2, 255) - 1 })
        {
            var (left, right) = (Element(x), Element(y));

            Assert.Equal((x + y) % P, Value(left + right));
            Assert.Equal((x - y + 2 * P) % P, Value(left - right));
            Assert.Equal((x - y - y + 4 * P) % P, Value(left - right - right));
            Assert.Equal(x * y % P, Value(left * right));
        }
    }

    [Theory]
    [MemberData(nameof(Values))]
    public void Inverse_WhenComparedWithBigInteger_Agrees(string text)
    {
        var x = BigInteger.Parse(text, CultureInfo.InvariantCulture);

        Assert.Equal(BigInteger.ModPow(x, P - 2, P), Value(Element(x).Inverse()));
    }

    private static FieldElement Element(BigInteger value)
    {
        var bytes = new byte[32];
        Assert.True(value.TryWriteBytes(bytes, out _, isUnsigned: true));
        return FieldElement.Read(bytes);
    }

    private static BigInteger Value(FieldElement element)
    {
        var bytes = new byte[32];
        element.Write(bytes);
        return new BigInteger(bytes, isUnsigned: true);
    }
}
