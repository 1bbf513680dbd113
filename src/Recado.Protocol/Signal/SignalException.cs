namespace Recado.Protocol.Signal;

/// <summary>Why an end-to-end encrypted message could not be read or made.</summary>
public enum SignalError
{
    /// <summary>There is no session with this device, or none that can send.</summary>
    NoSession,

    /// <summary>The message names a signed prekey that is not stored.</summary>
    NoSignedPreKey,

    /// <summary>The message names a one-time prekey that is not stored; usually an earlier message has used it up.</summary>
    NoOneTimePreKey,

    /// <summary>The message does not belong to any session with this device, or was altered.</summary>
    BadMac,

    /// <summary>The plaintext does not end as the padding rule says.</summary>
    BadPadding,

    /// <summary>The bytes are not a message of this kind.</summary>
    InvalidMessage,

    /// <summary>A signature does not match its key.</summary>
    InvalidSignature,

    /// <summary>The message key was used before: a duplicate.</summary>
    OldCounter,

    /// <summary>More than 2,000 messages of the chain are missing before this one.</summary>
    TooFarIntoFuture,

    /// <summary>The identity key is not the one known for this device.</summary>
    UntrustedIdentity,

    /// <summary>No sender key of this device is known for the group.</summary>
    NoSenderKey,

    /// <summary>Sender keys of this device are known, but not the one the message names.</summary>
    NoSenderKeyState,

    /// <summary>A stored record cannot be read.</summary>
    InvalidRecord,
}

/// <summary>An end-to-end encrypted message could not be read or made. The state it was tried on is unchanged.</summary>
public sealed class SignalException : RecadoException
{
    /// <summary>Creates the exception.</summary>
    public SignalException(SignalError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Stable code; decides between a retry request, silence and a refusal.</summary>
    public SignalError Error { get; }

    /// <inheritdoc/>
    public override bool IsTransient => false;

    internal static SignalException Of(SignalError error) => new(error, error switch
    {
        SignalError.NoSession => "There is no session with this device.",
        SignalError.NoSignedPreKey => "The message needs a signed prekey that is not stored.",
        SignalError.NoOneTimePreKey => "The message needs a one-time prekey that is not stored; it may have been used before.",
        SignalError.BadMac => "The message authentication code does not match any session with this device.",
        SignalError.BadPadding => "The decrypted message is not padded as it should be.",
        SignalError.OldCounter => "The message key was used before; this is a duplicate.",
        SignalError.TooFarIntoFuture => $"More than {MessageChain.MaxSkipped} messages are missing before this one.",
        SignalError.NoSenderKey => "No sender key of this device is known for the group.",
        SignalError.NoSenderKeyState => "The message names a sender key that is not known.",
        _ => $"The message could not be processed ({error}).",
    });

    internal static SignalException Invalid(string reason) => new(SignalError.InvalidMessage, reason);

    internal static SignalException BrokenRecord(string reason) => new(SignalError.InvalidRecord, reason);

    internal static SignalException BadSignature(string what) =>
        new(SignalError.InvalidSignature, $"The signature of the {what} does not match its key.");
}
