using Recado.Protocol.AppState;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Phones;

/// <summary>A collection of the account's settings as the phone reads it.</summary>
internal sealed class PhoneCollection
{
    private readonly Dictionary<string, byte[]> _macs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (AppStateMutation Mutation, byte[] KeyId)> _records = new(StringComparer.Ordinal);

    public AppStateVersion State { get; private set; } = AppStateVersion.None;

    public IReadOnlyDictionary<string, byte[]> Macs => _macs;

    /// <summary>Takes an update over, and the patch that it came from.</summary>
    public void Take(AppStateUpdate update, SyncdPatch patch)
    {
        State = update.State;
        foreach (var (mutation, record) in update.Mutations.Zip(patch.Mutations.Select(m => m.Record)))
        {
            var name = Convert.ToHexStringLower(record.Index.Blob.Span);
            if (mutation.Operation == SyncdOperation.Set)
                _records[name] = (mutation, record.KeyId.Id.ToByteArray());
            else
                _records.Remove(name);
        }

        foreach (var (name, mac) in update.Macs)
        {
            if (mac is null)
                _macs.Remove(name);
            else
                _macs[name] = mac;
        }
    }

    /// <summary>All there is, in plain text, for a companion that cannot read the service's copy.</summary>
    public SyncdSnapshotRecovery ToRecovery(AppStateCollection collection)
    {
        var recovery = new SyncdSnapshotRecovery
        {
            Version = new SyncdVersion { Version = State.Version },
            CollectionName = collection.ToName(),
            CollectionLthash = Google.Protobuf.ByteString.CopyFrom(State.Hash),
        };
        foreach (var (name, record) in _records)
        {
            recovery.MutationRecords.Add(new SyncdPlainTextRecord
            {
                Value = AppStateRequests.Plain(record.Mutation),
                KeyId = Google.Protobuf.ByteString.CopyFrom(record.KeyId),
                Mac = Google.Protobuf.ByteString.CopyFrom(_macs[name]),
            });
        }

        return recovery;
    }
}
