using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>A first message on the wire: <c>33 ‖ protobuf</c>, with a complete ratchet message inside.</summary>
internal sealed class PreKeyFrame
{
    private readonly PreKeyWhisperMessage _message;

    private PreKeyFrame(PreKeyWhisperMessage message)
    {
        _message = message;
        BaseKey = PublicKey.Decode(message.BaseKey, "base key").ToArray();
        IdentityKey = PublicKey.Decode(message.IdentityKey, "identity key").ToArray();
    }

    public byte[] BaseKey { get; }

    public byte[] IdentityKey { get; }

    public uint? PreKeyId => _message.HasPreKeyId ? _message.PreKeyId : null;

    public uint SignedPreKeyId => _message.SignedPreKeyId;

    public uint RegistrationId => _message.RegistrationId;

    /// <summary>The ratchet message.</summary>
    public ReadOnlySpan<byte> Message => _message.Message.Span;

    /// <exception cref="SignalException">The bytes are not a first message.</exception>
    public static PreKeyFrame Parse(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
            throw SignalException.Invalid("The first message of a session is empty.");

        WhisperFrame.CheckVersion(body[0]);
        var message = Protobuf.TryParse(PreKeyWhisperMessage.Parser, body[1..]);
        if (message is not { HasBaseKey: true, HasIdentityKey: true, HasMessage: true, HasSignedPreKeyId: true, HasRegistrationId: true })
            throw SignalException.Invalid("The first message of a session is malformed or lacks a field.");

        return new(message);
    }

    public static byte[] Create(StoredSessionState state, byte[] whisperMessage)
    {
        var message = new PreKeyWhisperMessage
        {
            BaseKey = PublicKey.Encode(state.BaseKey.Span),
            IdentityKey = PublicKey.Encode(state.LocalIdentity.Span),
            Message = UnsafeByteOperations.UnsafeWrap(whisperMessage),
            RegistrationId = state.LocalRegistrationId,
            SignedPreKeyId = state.PendingPreKey.SignedPreKeyId,
        };
        if (state.PendingPreKey.HasPreKeyId)
            message.PreKeyId = state.PendingPreKey.PreKeyId;

        return WhisperFrame.Frame(message, trailerLength: 0);
    }
}
