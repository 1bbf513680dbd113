using Google.Protobuf;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Signal;

/// <summary>The form of public keys inside encrypted messages: <c>05 ‖ 32 bytes</c>.</summary>
internal static class PublicKey
{
    public const int Length = 32;
    public const int EncodedLength = 33;
    public const byte Type = 0x05;

    public static void Write(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        destination[0] = Type;
        key.CopyTo(destination[1..]);
    }

    public static ByteString Encode(ReadOnlySpan<byte> key)
    {
        var encoded = new byte[EncodedLength];
        Write(key, encoded);
        return UnsafeByteOperations.UnsafeWrap(encoded);
    }

    /// <summary>The 32 bytes after the type byte.</summary>
    /// <exception cref="SignalException">Another length or another type byte.</exception>
    public static ReadOnlySpan<byte> Decode(ByteString encoded, string name)
    {
        var bytes = encoded.Span;
        if (bytes.Length != EncodedLength || bytes[0] != Type)
            throw SignalException.Invalid($"The {name} must be {EncodedLength} bytes starting with {Type:x2}; it has {bytes.Length}.");

        return bytes[1..];
    }

    /// <summary>X25519, with a low-order key reported as what it is here: a bad message.</summary>
    public static byte[] Agree(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> publicKey)
    {
        try
        {
            return X25519.Agree(privateKey, publicKey);
        }
        catch (ProtocolException e)
        {
            throw new SignalException(SignalError.InvalidMessage, "The peer's public key has low order.", e);
        }
    }
}
