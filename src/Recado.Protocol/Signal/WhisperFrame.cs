using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// A ratchet message on the wire: <c>33 ‖ protobuf ‖ MAC (8)</c>. Keeps the bytes as received, since the MAC covers those.
/// </summary>
internal readonly ref struct WhisperFrame
{
    /// <summary>Version 3 of the message, and version 3 as the sender's newest.</summary>
    public const byte Version = 0x33;

    private readonly ReadOnlySpan<byte> _authenticated;
    private readonly ReadOnlySpan<byte> _mac;
    private readonly WhisperMessage _message;

    private WhisperFrame(ReadOnlySpan<byte> authenticated, ReadOnlySpan<byte> mac, WhisperMessage message, ReadOnlySpan<byte> ratchetKey)
    {
        _authenticated = authenticated;
        _mac = mac;
        _message = message;
        RatchetKey = ratchetKey;
    }

    /// <summary>The sender's ratchet key, 32 bytes.</summary>
    public ReadOnlySpan<byte> RatchetKey { get; }

    public uint Counter => _message.Counter;

    public ReadOnlySpan<byte> Ciphertext => _message.Ciphertext.Span;

    /// <exception cref="SignalException">The bytes are not a ratchet message.</exception>
    public static WhisperFrame Parse(ReadOnlySpan<byte> body)
    {
        if (body.Length <= 1 + MessageKeys.MacLength)
            throw SignalException.Invalid($"A ratchet message of {body.Length} bytes is too short.");

        CheckVersion(body[0]);
        var authenticated = body[..^MessageKeys.MacLength];
        var message = Protobuf.TryParse(WhisperMessage.Parser, authenticated[1..]);
        if (message is not { HasRatchetKey: true, HasCounter: true, HasCiphertext: true })
            throw SignalException.Invalid("The ratchet message is malformed or lacks a field.");

        return new(authenticated, body[^MessageKeys.MacLength..], message, PublicKey.Decode(message.RatchetKey, "ratchet key"));
    }

    public static byte[] Create(StoredSessionState state, uint counter, byte[] ciphertext, in MessageKeys keys)
    {
        var message = new WhisperMessage
        {
            RatchetKey = PublicKey.Encode(state.SenderChain.RatchetPublicKey.Span),
            Counter = counter,
            PreviousCounter = state.PreviousCounter,
            Ciphertext = UnsafeByteOperations.UnsafeWrap(ciphertext),
        };
        var body = Frame(message, MessageKeys.MacLength);
        var (authenticated, mac) = (body.Length - MessageKeys.MacLength, MessageKeys.MacLength);
        keys.WriteMac(state.LocalIdentity.Span, state.RemoteIdentity.Span, body.AsSpan(0, authenticated), body.AsSpan(authenticated, mac));
        return body;
    }

    /// <summary>Constant time.</summary>
    public bool HasMac(StoredSessionState state, in MessageKeys keys)
    {
        Span<byte> expected = stackalloc byte[MessageKeys.MacLength];
        keys.WriteMac(state.RemoteIdentity.Span, state.LocalIdentity.Span, _authenticated, expected);
        return CryptographicOperations.FixedTimeEquals(expected, _mac);
    }

    /// <summary>The version byte, the message, and room for what follows it.</summary>
    internal static byte[] Frame(IMessage message, int trailerLength)
    {
        var length = message.CalculateSize();
        var body = new byte[1 + length + trailerLength];
        body[0] = Version;
        message.WriteTo(body.AsSpan(1, length));
        return body;
    }

    internal static void CheckVersion(byte version)
    {
        if (version != Version)
            throw SignalException.Invalid($"Message version {version:x2} is not supported; only {Version:x2} is.");
    }
}
