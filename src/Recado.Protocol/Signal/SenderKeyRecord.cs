using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// The sender keys of one device in one group, newest first, at most five. Immutable and thread-safe.
/// Serialised records hold secret keys; encrypt them at rest.
/// </summary>
public sealed class SenderKeyRecord
{
    /// <summary>How many sender keys of one device are kept.</summary>
    public const int MaxStates = 5;

    internal static readonly SenderKeyRecord Empty = new([]);

    // Shared between records and never changed once they are in one.
    private readonly StoredSenderKeyState[] _states;

    private SenderKeyRecord(StoredSenderKeyState[] states) => _states = states;

    /// <summary>Whether the newest key is our own, so that messages can be sent with it.</summary>
    public bool CanSend => Newest is { HasSigningPrivateKey: true };

    /// <summary>Id of the newest key; none when the record is empty.</summary>
    public uint? KeyId => Newest?.Id;

    internal StoredSenderKeyState? Newest => _states is [var newest, ..] ? newest : null;

    internal ReadOnlySpan<StoredSenderKeyState> States => _states;

    /// <summary>Reads what <see cref="Serialize"/> wrote.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.InvalidRecord"/>: the bytes are not a sender-key record.</exception>
    public static SenderKeyRecord Parse(ReadOnlySpan<byte> bytes)
    {
        var stored = Protobuf.TryParse(StoredSenderKeys.Parser, bytes)
            ?? throw SignalException.BrokenRecord("The stored sender keys cannot be parsed.");
        if (stored.States.Count > MaxStates)
            throw SignalException.BrokenRecord($"There are {stored.States.Count} stored sender keys; {MaxStates} is the limit.");

        foreach (var state in stored.States)
            StoredStateRules.Check(state);

        return new([.. stored.States]);
    }

    /// <summary>The bytes to store.</summary>
    public byte[] Serialize()
    {
        var stored = new StoredSenderKeys();
        stored.States.AddRange(_states);
        return stored.ToByteArray();
    }

    /// <summary>This state first; any other with its id gives way.</summary>
    internal SenderKeyRecord WithFirst(StoredSenderKeyState state) =>
        new([.. _states.Where(other => other.Id != state.Id).Prepend(state).Take(MaxStates)]);

    /// <summary>The state at this place has moved on.</summary>
    internal SenderKeyRecord Advance(int at, StoredSenderKeyState advanced)
    {
        StoredSenderKeyState[] states = [.. _states];
        states[at] = advanced;
        return new(states);
    }
}
