using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Recado.Protocol.Crypto;

/// <summary>
/// An integer modulo p = 2^255 − 19, as four 64-bit limbs, lowest first, kept below 2^256. Takes a time that depends on the value:
/// for public values only.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct FieldElement
{
    private const ulong Fold = 38; // 2^256 ≡ 38 (mod p)

    private readonly ulong _a, _b, _c, _d;

    private FieldElement(ulong a, ulong b, ulong c, ulong d) => (_a, _b, _c, _d) = (a, b, c, d);

    public static FieldElement One { get; } = new(1, 0, 0, 0);

    private static FieldElement Modulus { get; } = new(unchecked((ulong)-19), ulong.MaxValue, ulong.MaxValue, ulong.MaxValue >> 1);

    /// <summary>Reads 32 bytes, lowest first, without the highest bit (RFC 7748 §5, decodeUCoordinate).</summary>
    public static FieldElement Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]) & (ulong.MaxValue >> 1));

    /// <summary>Writes the value, which is below p, as 32 bytes, lowest first.</summary>
    public void Write(Span<byte> bytes)
    {
        var value = this;
        while (value.TrySubtract(Modulus, out var less))
            value = less;

        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value._a);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], value._b);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], value._c);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[24..], value._d);
    }

    /// <summary>1 / this, or 0 for 0: this^(p − 2) after Fermat.</summary>
    public FieldElement Inverse()
    {
        // The exponents of the comments are those of 2^n − 1 ones in a row; p − 2 = 2^255 − 21 is 250 ones, then 01011.
        var x2 = Square(1) * this;           // 2
        var x3 = x2.Square(1) * this;        // 3
        var x5 = x3.Square(2) * x2;          // 5
        var x10 = x5.Square(5) * x5;         // 10
        var x20 = x10.Square(10) * x10;      // 20
        var x40 = x20.Square(20) * x20;      // 40
        var x50 = x40.Square(10) * x10;      // 50
        var x100 = x50.Square(50) * x50;     // 100
        var x200 = x100.Square(100) * x100;  // 200
        var x250 = x200.Square(50) * x50;    // 250
        return (x250.Square(2) * this).Square(3) * x2;
    }

    public static FieldElement operator +(in FieldElement x, in FieldElement y)
    {
        var sum = (UInt128)x._a + y._a;
        var a = (ulong)sum;
        sum = (sum >> 64) + x._b + y._b;
        var b = (ulong)sum;
        sum = (sum >> 64) + x._c + y._c;
        var c = (ulong)sum;
        sum = (sum >> 64) + x._d + y._d;
        return FoldIn(a, b, c, (ulong)sum, (ulong)(sum >> 64));
    }
    public static FieldElement operator -(in FieldElement x, in FieldElement y)
    {
        var fits = x.TrySubtract(y, out var difference);
        while (!fits)
            fits = difference.TrySubtract(new FieldElement(Fold, 0, 0, 0), out difference); // −2^256 ≡ −38

        return difference;
    }

    /// <summary>Schoolbook multiplication into eight limbs, whose upper half is folded into the lower one.</summary>
    public static FieldElement operator *(in FieldElement x, in FieldElement y)
    {
        Span<ulong> product = stackalloc ulong[8];
        ReadOnlySpan<ulong> factor = [x._a, x._b, x._c, x._d];
        for (var i = 0; i < factor.Length; i++)
        {
            var t = (UInt128)factor[i] * y._a + product[i];
            product[i] = (ulong)t;
            t = (UInt128)factor[i] * y._b + product[i + 1] + (t >> 64);
            product[i + 1] = (ulong)t;
            t = (UInt128)factor[i] * y._c + product[i + 2] + (t >> 64);
            product[i + 2] = (ulong)t;
            t = (UInt128)factor[i] * y._d + product[i + 3] + (t >> 64);
            product[i + 3] = (ulong)t;
            product[i + 4] = (ulong)(t >> 64);
        }

        var sum = (UInt128)product[4] * Fold + product[0];
        var a = (ulong)sum;
        sum = (UInt128)product[5] * Fold + product[1] + (sum >> 64);
        var b = (ulong)sum;
        sum = (UInt128)product[6] * Fold + product[2] + (sum >> 64);
        var c = (ulong)sum;
        sum = (UInt128)product[7] * Fold + product[3] + (sum >> 64);
        return FoldIn(a, b, c, (ulong)sum, (ulong)(sum >> 64));
    }

    private FieldElement Square(int times)
    {
        var value = this;
        for (var i = 0; i < times; i++)
            value *= value;

        return value;
    }

    private static FieldElement FoldIn(ulong a, ulong b, ulong c, ulong d, ulong carry)
    {
        while (carry > 0)
        {
            var sum = (UInt128)carry * Fold + a;
            a = (ulong)sum;
            sum = (sum >> 64) + b;
            b = (ulong)sum;
            sum = (sum >> 64) + c;
            c = (ulong)sum;
            sum = (sum >> 64) + d;
            d = (ulong)sum;
            carry = (ulong)(sum >> 64);
        }

        return new FieldElement(a, b, c, d);
    }

    /// <summary>The difference modulo 2^256; true when it needed no borrow.</summary>
    private bool TrySubtract(in FieldElement other, out FieldElement difference)
    {
        var a = (UInt128)_a - other._a;
        var b = (UInt128)_b - other._b - Borrow(a);
        var c = (UInt128)_c - other._c - Borrow(b);
        var d = (UInt128)_d - other._d - Borrow(c);
        difference = new FieldElement((ulong)a, (ulong)b, (ulong)c, (ulong)d);
        return Borrow(d) == 0;

        static ulong Borrow(UInt128 limb) => (ulong)(limb >> 64) & 1;
    }
}
