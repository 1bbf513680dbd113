using Recado.Protocol.Binary;

namespace Recado.Simulator.Trace;

/// <summary>Which way a stanza went.</summary>
public enum TraceDirection
{
    /// <summary>From the client to the service.</summary>
    FromClient,

    /// <summary>From the service to the client.</summary>
    ToClient,
}

/// <summary>One line of the trace: a stanza, or a note about something that happened.</summary>
/// <param name="Sequence">Rises by one per line.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Connection"><c>number:device</c> after login, <c>connN</c> before.</param>
public abstract record TraceEntry(long Sequence, DateTimeOffset Time, string Connection);

/// <summary>A stanza, decrypted.</summary>
/// <param name="Sequence">Rises by one per line.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Connection"><c>number:device</c> after login, <c>connN</c> before.</param>
/// <param name="Direction">Which way it went.</param>
/// <param name="Node">The stanza.</param>
public sealed record StanzaEntry(long Sequence, DateTimeOffset Time, string Connection, TraceDirection Direction, Node Node)
    : TraceEntry(Sequence, Time, Connection);

/// <summary>A note.</summary>
/// <param name="Sequence">Rises by one per line.</param>
/// <param name="Time">When it happened.</param>
/// <param name="Connection"><c>number:device</c> after login, <c>connN</c> before.</param>
/// <param name="Text">What happened.</param>
/// <param name="IsViolation">Whether it says that a client broke the protocol.</param>
public sealed record NoteEntry(long Sequence, DateTimeOffset Time, string Connection, string Text, bool IsViolation)
    : TraceEntry(Sequence, Time, Connection);
