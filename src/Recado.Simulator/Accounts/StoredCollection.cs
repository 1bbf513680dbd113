using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Accounts;

/// <summary>A collection of an account's settings as the service has it: ciphertext that it cannot read. Guarded by the exchange's lock.</summary>
internal sealed class StoredCollection
{
    private readonly List<SyncdPatch> _patches = [];
    private readonly Dictionary<ByteString, SyncdRecord> _records = [];

    public ulong Version => (ulong)_patches.Count;

    /// <summary>All patches, each with its version.</summary>
    public IReadOnlyList<SyncdPatch> Patches => _patches;

    /// <summary>Where the present snapshot lies, and which version it is of.</summary>
    public (ulong Version, string Name, ExternalBlobReference File)? Snapshot { get; set; }

    /// <summary>Takes the next patch and gives it its version.</summary>
    public void Add(SyncdPatch patch)
    {
        var numbered = patch.Clone();
        numbered.Version = new SyncdVersion { Version = Version + 1 };
        _patches.Add(numbered);
        foreach (var mutation in numbered.Mutations)
        {
            if (mutation.Operation == SyncdOperation.Set)
                _records[mutation.Record.Index.Blob] = mutation.Record;
            else
                _records.Remove(mutation.Record.Index.Blob);
        }
    }

    /// <summary>All there is. The last patch's MAC is the snapshot's: both are over the same hash.</summary>
    public SyncdSnapshot MakeSnapshot() => new()
    {
        Version = new SyncdVersion { Version = Version },
        Records = { _records.Values },
        Mac = _patches[^1].SnapshotMac,
        KeyId = _patches[^1].KeyId,
    };
}
