using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Noise;

/// <summary>Reads and checks the three handshake messages; everything a peer can get wrong before any cipher is involved.</summary>
internal static class HandshakeMessages
{
    public static HandshakeMessage.Types.ClientHello ParseClientHello(ReadOnlySpan<byte> message)
    {
        var hello = Parse(message).ClientHello ?? throw ProtocolException.MalformedHandshake("it is no ClientHello.");
        RequireKey(hello.HasEphemeral ? hello.Ephemeral : null);
        return hello;
    }

    public static HandshakeMessage.Types.ServerHello ParseServerHello(ReadOnlySpan<byte> message)
    {
        var hello = Parse(message).ServerHello ?? throw ProtocolException.MalformedHandshake("it is no ServerHello.");
        RequireKey(hello.HasEphemeral ? hello.Ephemeral : null);
        RequirePresent(hello.HasStatic && hello.HasPayload);
        return hello;
    }

    public static HandshakeMessage.Types.ClientFinish ParseClientFinish(ReadOnlySpan<byte> message)
    {
        var finish = Parse(message).ClientFinish ?? throw ProtocolException.MalformedHandshake("it is no ClientFinish.");
        RequirePresent(finish.HasStatic && finish.HasPayload);
        return finish;
    }

    /// <summary>A decrypted static key.</summary>
    public static byte[] RequireStaticKey(byte[] key) => key.Length == X25519.KeyLength
        ? key
        : throw ProtocolException.MalformedHandshake($"the static key has {key.Length} bytes instead of {X25519.KeyLength}.");

    private static HandshakeMessage Parse(ReadOnlySpan<byte> message)
    {
        try
        {
            return HandshakeMessage.Parser.ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw ProtocolException.MalformedHandshake("it does not parse.", e);
        }
    }

    private static void RequireKey(ByteString? key)
    {
        if (key?.Length != X25519.KeyLength)
            throw ProtocolException.MalformedHandshake($"the ephemeral key has {key?.Length ?? 0} bytes instead of {X25519.KeyLength}.");
    }

    private static void RequirePresent([DoesNotReturnIf(false)] bool present)
    {
        if (!present)
            throw ProtocolException.MalformedHandshake("the static key or the payload is missing.");
    }
}
