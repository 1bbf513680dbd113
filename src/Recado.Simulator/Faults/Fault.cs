namespace Recado.Simulator.Faults;

/// <summary>What goes wrong.</summary>
public enum FaultKind
{
    /// <summary>A message reaches a companion with a flipped bit in each <c>enc</c>.</summary>
    Corrupt,

    /// <summary>A companion's message is answered by an <c>ack</c> with <see cref="Fault.Code"/> and goes nowhere.</summary>
    Nack,

    /// <summary>A message reaches a companion <see cref="Fault.Delay"/> late.</summary>
    Delay,

    /// <summary>A message reaches a companion twice.</summary>
    Duplicate,

    /// <summary>A companion's message is taken, but its <c>ack</c> is not sent.</summary>
    DropAck,

    /// <summary>A companion's message is answered by an <c>ack</c> with the hash of another device list.</summary>
    WrongHash,

    /// <summary>A login is answered by <c>failure</c> with <see cref="Fault.Code"/> as reason.</summary>
    RefuseLogin,

    /// <summary>A companion's <c>iq</c> is not answered.</summary>
    IgnoreIq,

    /// <summary>A companion's <c>iq</c> is refused with <see cref="Fault.Code"/>.</summary>
    RefuseIq,

    /// <summary>A pairing container carries a wrong HMAC.</summary>
    WrongPairingHmac,

    /// <summary>A pairing container carries a wrong account signature.</summary>
    WrongPairingSignature,

    /// <summary>A stanza reaches a companion compressed.</summary>
    Compress,

    /// <summary>A stanza reaches a companion in WebSocket messages of seven bytes.</summary>
    Split,

    /// <summary>A connection is cut in the middle of a frame that carries a message.</summary>
    CutFrame,

    /// <summary>The media host refuses an upload with <see cref="Fault.Code"/>.</summary>
    RefuseUpload,

    /// <summary>The media host refuses a download with <see cref="Fault.Code"/>.</summary>
    RefuseDownload,

    /// <summary>The media host serves a file with a flipped bit.</summary>
    CorruptDownload,

    /// <summary>The media host ends in the middle of a file.</summary>
    CutDownload,

    /// <summary>A phone does not answer when a companion of its own asks it for messages, keys or settings.</summary>
    IgnorePeerRequest,

    /// <summary>A message reaches a companion as <c>unavailable</c>, without its content.</summary>
    Withhold,

    /// <summary>A patch or a snapshot of settings reaches a companion with a flipped bit in its MAC.</summary>
    CorruptAppState,

    /// <summary>A companion's change to the settings is refused as if another device had been faster.</summary>
    ConflictAppState,
}

/// <summary>A fault to come.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Count">How many times. Default: once.</param>
/// <param name="Phone">Only for companions of this number; for every account when absent.</param>
/// <param name="Code">
/// Error code of <see cref="FaultKind.Nack"/> (default 500) and <see cref="FaultKind.RefuseIq"/> (default 429), reason of
/// <see cref="FaultKind.RefuseLogin"/> (default 503), status of refused uploads and downloads (default 503).
/// </param>
/// <param name="Delay">How late with <see cref="FaultKind.Delay"/>. Default: one second.</param>
/// <param name="Xmlns">With <see cref="FaultKind.RefuseIq"/> and <see cref="FaultKind.IgnoreIq"/>: only those of this namespace; any when absent.</param>
public sealed record Fault(
    FaultKind Kind, int Count = 1, string? Phone = null, int? Code = null, TimeSpan? Delay = null, string? Xmlns = null);
