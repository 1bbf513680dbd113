namespace Recado.Protocol;

/// <summary>The peer sent bytes that break the protocol. Retrying the same bytes cannot succeed.</summary>
public sealed class ProtocolException : RecadoException
{
    private ProtocolException(ProtocolError error, string message, Exception? inner = null)
        : base(message, inner) => Error = error;

    /// <summary>Stable code; safe to switch on, log and map to an API error.</summary>
    public ProtocolError Error { get; }

    /// <inheritdoc/>
    public override bool IsTransient => false;

    /// <summary>A stanza lacks something, or says something that makes no sense. The message must hold no key, token or message text.</summary>
    public static ProtocolException MalformedStanza(string message) => new(ProtocolError.MalformedStanza, message);

    /// <summary>A payload inside a stanza does not parse. The message must hold no key, token or message text.</summary>
    public static ProtocolException MalformedPayload(string message, Exception? inner = null) =>
        new(ProtocolError.MalformedPayload, message, inner);

    internal static ProtocolException FrameTooLarge(int length, int limit) =>
        new(ProtocolError.FrameTooLarge, $"A frame of {length} bytes was announced, but at most {limit} are accepted.");

    internal static ProtocolException MalformedIntro(string reason) =>
        new(ProtocolError.MalformedIntro, $"The connection does not begin with the intro header: {reason}");

    internal static ProtocolException MalformedHandshake(string reason, Exception? inner = null) =>
        new(ProtocolError.MalformedHandshake, $"The handshake message is malformed: {reason}", inner);

    internal static ProtocolException Tampered(Exception? inner = null) =>
        new(ProtocolError.Tampered, "A ciphertext failed authentication: it was changed on the way, or encrypted under another key or counter.", inner);

    internal static ProtocolException CertificateRejected(string reason, Exception? inner = null) =>
        new(ProtocolError.CertificateRejected, $"The server's certificate was refused: {reason}", inner);

    internal static ProtocolException InvalidKey(string reason) =>
        new(ProtocolError.InvalidKey, $"A public key is unusable: {reason}");

    internal static ProtocolException CounterExhausted() =>
        new(ProtocolError.CounterExhausted, "The connection has used all 2^32 message counters of one direction. Connect again.");

    internal static ProtocolException Truncated(int needed, int offset, int length) =>
        new(ProtocolError.TruncatedNode, $"The node ends early: {needed} byte(s) needed at offset {offset}, but there are {length} in all.");

    internal static ProtocolException UnexpectedTag(byte tag, string expected, int offset) =>
        new(ProtocolError.MalformedNode, $"Byte 0x{tag:x2} at offset {offset} begins no {expected}.");

    internal static ProtocolException MalformedNode(string reason, Exception? inner = null) =>
        new(ProtocolError.MalformedNode, $"The node is malformed: {reason}", inner);

    internal static ProtocolException NodeTooLarge(string what, long limit) =>
        new(ProtocolError.NodeTooLarge, $"The node is too large: more than {limit} {what}.");

    internal static ProtocolException MissingAttribute(string tag, string attribute) =>
        MalformedStanza($"<{tag}> has no attribute '{attribute}'.");

    internal static ProtocolException MissingChild(string tag, string child) =>
        MalformedStanza($"<{tag}> has no child <{child}>.");

    internal static ProtocolException AppStateMismatch(string reason) =>
        new(ProtocolError.AppStateMismatch, $"The account's settings do not verify: {reason}.");

    internal static ProtocolException InvalidJid(string reason) =>
        new(ProtocolError.InvalidJid, reason);
}
