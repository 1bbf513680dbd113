namespace Recado.Protocol.AppState;

/// <summary>How far a device knows a collection.</summary>
/// <param name="Version">Counts the patches; 0 when nothing is known.</param>
/// <param name="Hash">The <see cref="LtHash"/> of the MACs of all live values.</param>
public sealed record AppStateVersion(ulong Version, byte[] Hash)
{
    /// <summary>Nothing is known.</summary>
    public static AppStateVersion None { get; } = new(0, new byte[LtHash.Length]);
}

/// <summary>What a snapshot, a patch or a recovery changes.</summary>
/// <param name="State">The collection afterwards.</param>
/// <param name="Macs">
/// By the MAC of a record's index, in lower-case hexadecimal: the MAC of its new value, or null when the record is gone. Of a snapshot and a
/// recovery, all there are.
/// </param>
/// <param name="Mutations">What happened, in order.</param>
public sealed record AppStateUpdate(AppStateVersion State, IReadOnlyDictionary<string, byte[]?> Macs, IReadOnlyList<AppStateMutation> Mutations);

/// <summary>One record was set or removed.</summary>
/// <param name="Operation">Which of the two.</param>
/// <param name="Index">The record's name: the action, then what it is about.</param>
/// <param name="Value">The value; of a removal usually the last one. Actions that are not known here are unknown fields of it.</param>
/// <param name="Version">The version of the action's meaning.</param>
public sealed record AppStateMutation(Proto.SyncdOperation Operation, IReadOnlyList<string> Index, Proto.SyncActionValue Value, int Version);
