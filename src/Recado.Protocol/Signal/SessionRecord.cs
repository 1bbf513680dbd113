using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// All sessions with one device: the current one, and up to 40 earlier ones that late messages may still belong to.
/// Immutable and thread-safe: every operation returns a new record, and a failed one changes nothing.
/// Serialised records hold secret keys; encrypt them at rest.
/// </summary>
public sealed class SessionRecord
{
    /// <summary>How many earlier sessions are kept; the oldest go first.</summary>
    public const int MaxArchived = 40;

    internal const int MaxReceiverChains = 5;

    internal static readonly SessionRecord Empty = new([], hasCurrent: false);

    // Newest first; states are shared between records and never changed once they are in one.
    private readonly StoredSessionState[] _states;
    private readonly bool _hasCurrent;

    private SessionRecord(StoredSessionState[] states, bool hasCurrent)
    {
        _states = states;
        _hasCurrent = hasCurrent;
    }

    /// <summary>Whether there is a current session.</summary>
    public bool CanSend => _hasCurrent;

    /// <summary>Registration id of the peer in the newest session; 0 when the record is empty.</summary>
    public uint RemoteRegistrationId => Newest?.RemoteRegistrationId ?? 0;

    /// <summary>Identity key of the peer in the newest session, 32 bytes; empty when the record is empty.</summary>
    public byte[] RemoteIdentityKey => Newest?.RemoteIdentity.ToByteArray() ?? [];

    /// <summary>The base key the newest session began with, 32 bytes; empty when the record is empty.</summary>
    public byte[] BaseKey => Newest?.BaseKey.ToByteArray() ?? [];

    internal StoredSessionState? Current => _hasCurrent ? _states[0] : null;

    /// <summary>The current session and the archived ones, newest first.</summary>
    internal ReadOnlySpan<StoredSessionState> States => _states;

    private StoredSessionState? Newest => _states is [var newest, ..] ? newest : null;

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.InvalidRecord"/>: the bytes are not a session record.</exception>
    public static SessionRecord Parse(ReadOnlySpan<byte> bytes)
    {
        var stored = Protobuf.TryParse(StoredSession.Parser, bytes)
            ?? throw SignalException.BrokenRecord("The stored session cannot be parsed.");
        if (stored.Archived.Count > MaxArchived)
            throw SignalException.BrokenRecord($"There are {stored.Archived.Count} archived sessions; {MaxArchived} is the limit.");

        StoredSessionState[] states = stored.Current is null ? [.. stored.Archived] : [stored.Current, .. stored.Archived];
        foreach (var state in states)
            StoredStateRules.Check(state);

        return new(states, hasCurrent: stored.Current is not null);
    }

    /// <summary>The bytes to store.</summary>
    public byte[] Serialize()
    {
        var stored = new StoredSession { Current = Current };
        stored.Archived.AddRange(_hasCurrent ? _states[1..] : _states);
        return stored.ToByteArray();
    }

    /// <summary>
    /// Puts the current session away: messages of it can still be read, but sending needs a new one.
    /// For a changed identity or a peer that asks for a new session.
    /// </summary>
    public SessionRecord Archive() => _hasCurrent ? new(_states[..Math.Min(_states.Length, MaxArchived)], hasCurrent: false) : this;

    /// <summary>
    /// Keeps this record's sessions and adds those of <paramref name="other"/> as older ones.
    /// For a peer known by phone number whose LID has been learnt; repeating it changes nothing.
    /// </summary>
    public SessionRecord AppendArchive(SessionRecord other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new([.. _states.Concat(other._states.Where(state => Find(state.BaseKey.Span) is null)).Take(Limit)], _hasCurrent);
    }

    /// <summary>A new current session; the one before goes to the archive.</summary>
    internal SessionRecord Install(StoredSessionState state) =>
        new([state, .. _states.AsSpan(0, Math.Min(_states.Length, MaxArchived))], hasCurrent: true);

    /// <summary>The session at this place has moved on; it is the current one now, and the one before it goes to the archive.</summary>
    internal SessionRecord Advance(int at, StoredSessionState advanced) =>
        new([advanced, .. _states.AsSpan(0, at), .. _states.AsSpan(at + 1)], hasCurrent: true);

    /// <summary>Finds the session that began with this base key.</summary>
    internal StoredSessionState? Find(ReadOnlySpan<byte> baseKey)
    {
        foreach (var state in _states)
        {
            if (state.BaseKey.Span.SequenceEqual(baseKey))
                return state;
        }

        return null;
    }

    private int Limit => _hasCurrent ? MaxArchived + 1 : MaxArchived;
}
