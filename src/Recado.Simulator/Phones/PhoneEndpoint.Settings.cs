using System.IO.Compression;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Phones;

/// <summary>The account's settings, which a phone shares with its companions. It verifies everything that they change.</summary>
internal sealed partial class PhoneEndpoint
{
    private const int KeyIdLength = 6, KeyLength = 32;

    private readonly List<AppStateKey> _appStateKeys;
    private readonly Dictionary<AppStateCollection, PhoneCollection> _collections = Enum.GetValues<AppStateCollection>().ToDictionary(c => c, _ => new PhoneCollection());
    private readonly SortedDictionary<string, string> _contactNames = new(StringComparer.Ordinal);
    private AppStateKeyRing _ring = new([]);

    /// <summary>The address book: names by JID.</summary>
    public IReadOnlyDictionary<string, string> ContactNames => _contactNames;

    /// <summary>Changes settings, as the phone's owner does.</summary>
    public void Change(AppStateChange change)
    {
        CatchUp(change.Collection);
        var known = _collections[change.Collection];
        var (patch, update) = AppStateWriter.Build(
            change.Collection, known.State, [change.Mutation], known.Macs, _ring, _ring.Newest()!, _exchange.Random);
        known.Take(update, patch);
        _exchange.AppState.Take(Device, change.Collection, patch);
        Apply(change.Mutation);
    }

    /// <summary>Makes a new key and writes with it from now on. Companions are given it when they ask.</summary>
    public void RotateAppStateKey()
    {
        _appStateKeys.Add(NewAppStateKey(_exchange.Random, _appStateKeys[^1].Timestamp + 1));
        _ring = new(_appStateKeys);
    }

    /// <summary>Reads what companions have changed, and writes the settings that a phone has from the beginning.</summary>
    private void StartSettings()
    {
        _ring = new(_appStateKeys);
        foreach (var collection in _collections.Keys)
            CatchUp(collection);
        if (_collections[AppStateCollection.CriticalBlock].State.Version == 0)
            Change(AppStateChange.SetPushName(Account.Name, _exchange.Now));
    }

    private void CatchUp(AppStateCollection collection)
    {
        var known = _collections[collection];
        foreach (var patch in Account.Settings[collection].Patches.Skip((int)known.State.Version))
        {
            try
            {
                var update = AppStateReader.Apply(collection, known.State, patch, known.Macs, _ring);
                known.Take(update, patch);
                foreach (var mutation in update.Mutations)
                    Apply(mutation);
            }
            catch (ProtocolException e)
            {
                _exchange.Trace.Violation(Device.ToString(), $"The phone cannot apply patch {patch.Version.Version} of {collection.ToName()}: {e.Message}");
                return;
            }
        }
    }

    private void Apply(AppStateMutation mutation)
    {
        var isSet = mutation.Operation == SyncdOperation.Set;
        switch (mutation.Index)
        {
            case [AppStateChange.PushNameAction] when isSet && mutation.Value.PushNameSetting is { Name.Length: > 0 } setting:
                Account.Name = setting.Name;
                break;
            case [AppStateChange.ContactAction, var jid] when isSet:
                _contactNames[jid] = mutation.Value.ContactAction?.FullName ?? "";
                break;
            case [AppStateChange.ContactAction, var jid]:
                _contactNames.Remove(jid);
                break;
        }
    }

    private void ReceiveNotification(Recado.Protocol.Binary.Node notification)
    {
        if (notification["type"] != "server_sync")
            return;

        foreach (var collection in AppStateStanzas.ParseNotification(notification))
            CatchUp(collection);
    }

    private ProtocolMessage ShareKeys()
    {
        var fingerprint = new AppStateSyncKeyData.Types.Fingerprint { RawId = Account.RawId, CurrentIndex = Account.LastKeyIndex };
        fingerprint.DeviceIndexes.AddRange(Account.Devices.Values.Select(d => d.KeyIndex));
        return new ProtocolMessage
        {
            Type = ProtocolMessage.Types.Type.AppStateSyncKeyShare,
            AppStateSyncKeyShare = new AppStateSyncKeyShare
            {
                Keys =
                {
                    _appStateKeys.Select(key => new AppStateSyncKey
                    {
                        KeyId = new AppStateSyncKeyId { KeyId = ByteString.CopyFrom(key.Id) },
                        KeyData = new AppStateSyncKeyData { KeyData = ByteString.CopyFrom(key.Data), Fingerprint = fingerprint, Timestamp = key.Timestamp },
                    }),
                },
            },
        };
    }

    /// <summary>Gives a companion a whole collection in plain text.</summary>
    private void Recover(Device companion, string requestId, string collectionName)
    {
        if (AppStateCollectionNames.TryParse(collectionName) is not { } collection)
        {
            _exchange.Trace.Violation(companion.ToString(), $"A companion asks for the collection '{collectionName}', which does not exist.");
            return;
        }

        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            _collections[collection].ToRecovery(collection).WriteTo(gzip);

        SendPeer(companion, new ProtocolMessage
        {
            Type = ProtocolMessage.Types.Type.PeerDataOperationRequestResponse,
            PeerDataOperationRequestResponseMessage = new PeerDataOperationRequestResponseMessage
            {
                PeerDataOperationRequestType = PeerDataOperationRequestType.SyncdSnapshotRecovery,
                StanzaId = requestId,
                PeerDataOperationResult =
                {
                    new PeerDataOperationRequestResponseMessage.Types.PeerDataOperationResult
                    {
                        SyncdSnapshotFatalRecoveryResponse = new() { CollectionSnapshot = ByteString.CopyFrom(buffer.ToArray()), IsCompressed = true },
                    },
                },
            },
        });
    }

    private static AppStateKey NewAppStateKey(IRandomSource random, long timestamp) => new(random.Bytes(KeyIdLength), random.Bytes(KeyLength), timestamp);
}
