namespace Recado.Protocol.Signal;

/// <summary>The two forms of a pairwise encrypted message.</summary>
public enum SignalMessageType
{
    /// <summary>Carries what the peer needs to begin the session; used until the peer has answered.</summary>
    PreKey,

    /// <summary>A message of a session both sides have.</summary>
    Whisper,
}

/// <summary>Names of the message forms on the wire.</summary>
public static class SignalMessageTypes
{
    /// <summary>The value of the <c>type</c> attribute of <c>enc</c>: <c>pkmsg</c> or <c>msg</c>.</summary>
    public static string ToEncType(this SignalMessageType type) => type == SignalMessageType.PreKey ? "pkmsg" : "msg";
}

/// <summary>An encrypted message, and the record to store before the message is sent.</summary>
/// <param name="Type">The form of the message.</param>
/// <param name="Body">The bytes of <c>enc</c>.</param>
/// <param name="Record">The session, moved on.</param>
public readonly record struct EncryptedMessage(SignalMessageType Type, byte[] Body, SessionRecord Record);

/// <summary>A decrypted message, and what to store together with its effect.</summary>
/// <param name="Plaintext">The plaintext, still with its random padding.</param>
/// <param name="Record">The session, moved on.</param>
/// <param name="RemoteIdentityKey">The sender's identity key, 32 bytes, proved by this message.</param>
/// <param name="ConsumedPreKeyId">The own one-time prekey to delete with the same commit, if the message used one up.</param>
public sealed record DecryptedMessage(byte[] Plaintext, SessionRecord Record, byte[] RemoteIdentityKey, uint? ConsumedPreKeyId);

/// <summary>What a first message says about itself. Not yet proved: decrypting does that.</summary>
/// <param name="PreKeyId">The one-time prekey it was made with, if any.</param>
/// <param name="SignedPreKeyId">The signed prekey it was made with.</param>
/// <param name="BaseKey">The initiator's base key, 32 bytes.</param>
/// <param name="IdentityKey">The initiator's identity key, 32 bytes.</param>
/// <param name="RegistrationId">The initiator's registration id.</param>
public sealed record PreKeyMessageHeader(uint? PreKeyId, uint SignedPreKeyId, byte[] BaseKey, byte[] IdentityKey, uint RegistrationId);
