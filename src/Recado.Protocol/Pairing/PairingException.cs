namespace Recado.Protocol.Pairing;

/// <summary>Why a phone's vouching for this device was refused.</summary>
public enum PairingFailure
{
    /// <summary>The answer does not come from the phone that scanned the code.</summary>
    HmacMismatch,

    /// <summary>The account's signature does not cover this device.</summary>
    SignatureMismatch,

    /// <summary>The answer cannot be parsed.</summary>
    InternalError,
}

/// <summary>Linking failed on this side; the service is told by an error reply with <see cref="Code"/> and <see cref="Text"/>.</summary>
public sealed class PairingException : RecadoException
{
    internal PairingException(PairingFailure failure, string message)
        : base(message) => Failure = failure;

    /// <summary>The reason.</summary>
    public PairingFailure Failure { get; }

    /// <summary>The <c>code</c> of the error reply: 401 or 500.</summary>
    public int Code => Failure == PairingFailure.InternalError ? 500 : 401;

    /// <summary>The <c>text</c> of the error reply.</summary>
    public string Text => Failure switch
    {
        PairingFailure.HmacMismatch => "hmac-mismatch",
        PairingFailure.SignatureMismatch => "signature-mismatch",
        _ => "internal-error",
    };

    /// <inheritdoc/>
    public override bool IsTransient => false;
}
