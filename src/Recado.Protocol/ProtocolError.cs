namespace Recado.Protocol;

/// <summary>How the peer broke the protocol. Values are stable: safe to switch on, to log and to map to an API error.</summary>
public enum ProtocolError
{
    /// <summary>A frame is longer than the receiver accepts.</summary>
    FrameTooLarge = 1,

    /// <summary>The bytes before the first frame are not the intro header of this protocol version.</summary>
    MalformedIntro = 2,

    /// <summary>A handshake message does not parse, or lacks a field.</summary>
    MalformedHandshake = 3,

    /// <summary>A ciphertext failed authentication.</summary>
    Tampered = 4,

    /// <summary>The server's certificate chain does not prove its key.</summary>
    CertificateRejected = 5,

    /// <summary>A public key has the wrong length, or is a point of low order.</summary>
    InvalidKey = 6,

    /// <summary>A message counter is used up; only a new connection helps.</summary>
    CounterExhausted = 7,

    /// <summary>A node ends before its own lengths say so.</summary>
    TruncatedNode = 8,

    /// <summary>A node has bytes that mean nothing at their place.</summary>
    MalformedNode = 9,

    /// <summary>A node exceeds a bound: nesting, number of nodes, or inflated size.</summary>
    NodeTooLarge = 10,

    /// <summary>Text that ought to be a JID is none.</summary>
    InvalidJid = 11,

    /// <summary>A stanza lacks an attribute or a child, or has one that makes no sense.</summary>
    MalformedStanza = 12,

    /// <summary>A payload inside a stanza (protobuf, key, identifier) does not parse.</summary>
    MalformedPayload = 13,

    /// <summary>Shared settings do not match their MACs or their hash: something was changed, or was missed.</summary>
    AppStateMismatch = 14,
}
