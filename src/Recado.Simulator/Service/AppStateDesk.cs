using System.Globalization;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Media;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Service;

/// <summary>
/// Keeps the accounts' settings. It cannot read them: it numbers patches, refuses those that do not follow the last one, and tells the account's
/// other devices. Whether a patch verifies is for the phone to see.
/// </summary>
internal sealed class AppStateDesk(Exchange exchange)
{
    /// <summary>The folder of snapshots on the media host.</summary>
    public const string Folder = "app-state";

    private const int MacLength = 32, PatchesPerAnswer = 10, MaxFiles = 1_000;

    private readonly Dictionary<string, byte[]> _files = [];
    private readonly Queue<string> _fileOrder = new();

    public Node Answer(Device device, Node iq)
    {
        if (iq.Child("sync") is not { Children.Count: > 0 } sync)
            return Refuse(device, iq, "A request for settings has no sync with collections.");

        var answers = new List<Node>();
        foreach (var asked in sync.Children)
        {
            if (asked.Tag != "collection" || AppStateCollectionNames.TryParse(asked["name"]) is not { } collection)
                return Refuse(device, iq, $"There is no collection of settings '{asked["name"]}'.");
            if (Answer(device, asked, collection) is not { } answer)
                return Stanzas.Error(iq, 400);

            answers.Add(answer);
        }

        return Stanzas.Result(iq, new Node("sync", [], answers));
    }

    /// <summary>A snapshot's file on the media host.</summary>
    public byte[]? Find(string name) => exchange.Read(() => _files.GetValueOrDefault(name));

    /// <summary>Takes a patch that follows the last one, and tells the account's other devices.</summary>
    public void Take(Device author, AppStateCollection collection, SyncdPatch patch)
    {
        var account = author.Account;
        account.Settings[collection].Add(patch);
        foreach (var device in account.Devices.Values.Where(device => device != author))
        {
            exchange.Delivery.Deliver(device, new Node("notification",
                [("from", Jid.Service), ("type", "server_sync"), ("id", exchange.NewId()), ("t", exchange.NowText)],
                [new Node("collection", [("name", collection.ToName()), ("version", Text(account.Settings[collection].Version))])]));
        }
    }

    /// <returns>The answer; <see langword="null"/> when the request breaks the protocol.</returns>
    private Node? Answer(Device device, Node asked, AppStateCollection collection)
    {
        var stored = device.Account.Settings[collection];
        var wantsSnapshot = asked["return_snapshot"] == "true";
        var version = asked.NumberOf("version") ?? (wantsSnapshot ? 0 : null);
        if (version is not >= 0)
            return Violate(device, "A request for settings says neither which version it knows nor that it wants a snapshot.");
        if ((ulong)version > stored.Version)
            return Violate(device, $"A request for settings knows version {version} of {collection.ToName()}, which is at {stored.Version}.");
        if (asked.Child("patch") is { } upload)
            return Upload(device, collection, stored, (ulong)version, upload.Bytes.ToArray());

        return wantsSnapshot && stored.Version > 0
            ? Collection(collection, stored, [Node.Of("snapshot", SnapshotOf(stored, device).ToByteArray()), new Node("patches")], hasMore: false)
            : Patches(device, collection, stored, (ulong)version);
    }

    private Node Patches(Device device, AppStateCollection collection, StoredCollection stored, ulong since)
    {
        var news = stored.Patches.Skip((int)since).Take(PatchesPerAnswer).Select(patch => Node.Of("patch", Served(device, patch.ToByteArray()))).ToList();
        return Collection(collection, stored, [new Node("patches", [], news)], hasMore: since + (ulong)news.Count < stored.Version);
    }

    private Node? Upload(Device device, AppStateCollection collection, StoredCollection stored, ulong version, byte[] bytes)
    {
        if (ProblemOf(bytes, out var patch) is { } problem)
            return Violate(device, problem);

        if (version != stored.Version || exchange.Faults.Take(FaultKind.ConflictAppState, device.Account.Phone) is not null)
        {
            var missed = stored.Patches.Skip((int)version).Take(PatchesPerAnswer).Select(missing => Node.Of("patch", missing.ToByteArray())).ToList();
            return new Node("collection",
                [
                    ("name", collection.ToName()), ("type", "error"), ("version", Text(stored.Version)),
                    ("has_more_patches", version + (ulong)missed.Count < stored.Version ? "true" : null),
                ],
                [new Node("error", [("code", AppStateAnswer.Conflict), ("text", "conflict")]), new Node("patches", [], missed)]);
        }

        Take(device, collection, patch);
        return new Node("collection", [("name", collection.ToName()), ("version", Text(stored.Version))]);
    }

    private static string? ProblemOf(byte[] bytes, out SyncdPatch patch)
    {
        patch = new SyncdPatch();
        try
        {
            patch = AppStateReader.ParsePatch(bytes);
        }
        catch (ProtocolException e)
        {
            return e.Message;
        }

        return patch.Version is not null ? "A patch that is uploaded has a version; the service gives it."
            : patch.ExternalMutations is not null ? "A companion uploads a patch whose mutations lie elsewhere."
            : patch.SnapshotMac.Length != MacLength || patch.PatchMac.Length != MacLength ? "A patch lacks a MAC."
            : patch.KeyId is not { Id.Length: > 0 } ? "A patch names no key."
            : patch.Mutations.Count == 0 ? "A patch changes nothing."
            : patch.Mutations.Any(m => m.Record is not { Index.Blob.Length: MacLength, Value.Blob.Length: > MacLength, KeyId.Id.Length: > 0 })
                ? "A mutation of a patch lacks its index, value or key."
            : null;
    }

    /// <summary>Where the snapshot lies on the media host. Snapshots stay in memory, beside the files that the host may lose.</summary>
    private ExternalBlobReference SnapshotOf(StoredCollection stored, Device device)
    {
        var isGood = exchange.Faults.Take(FaultKind.CorruptAppState, device.Account.Phone) is null;
        if (isGood && stored.Snapshot is { } present && present.Version == stored.Version && _files.ContainsKey(present.Name))
            return present.File;

        var plain = stored.MakeSnapshot().ToByteArray();
        if (!isGood)
            Spoil(plain);
        var key = exchange.Random.Bytes(MacLength);
        var (encrypted, file) = MediaCipher.Encrypt(plain, MediaKind.AppState, key);
        var name = $"{Convert.ToHexStringLower(exchange.Random.Bytes(MacLength))}.enc";
        _files[name] = encrypted;
        _fileOrder.Enqueue(name);
        if (_fileOrder.Count > MaxFiles)
            _files.Remove(_fileOrder.Dequeue());

        var reference = new ExternalBlobReference
        {
            MediaKey = ByteString.CopyFrom(key),
            DirectPath = $"/v/{Folder}/{name}?ccb=11-4",
            Handle = exchange.NewId(),
            FileSizeBytes = (ulong)plain.Length,
            FileSha256 = ByteString.CopyFrom(file.Sha256),
            FileEncSha256 = ByteString.CopyFrom(file.EncryptedSha256),
        };
        if (isGood)
            stored.Snapshot = (stored.Version, name, reference);
        return reference;
    }

    private byte[] Served(Device device, byte[] patch)
    {
        if (exchange.Faults.Take(FaultKind.CorruptAppState, device.Account.Phone) is not null)
            Spoil(patch);

        return patch;
    }

    // In patches and snapshots the MAC comes just before the id of its key, which is short.
    private static void Spoil(byte[] bytes) => bytes[^16] ^= 0x01;

    private static Node Collection(AppStateCollection collection, StoredCollection stored, IReadOnlyList<Node> content, bool hasMore) =>
        new("collection", [("name", collection.ToName()), ("version", Text(stored.Version)), ("has_more_patches", hasMore ? "true" : "false")], content);

    private static string Text(ulong version) => version.ToString(CultureInfo.InvariantCulture);

    private Node? Violate(Device device, string sentence)
    {
        exchange.Trace.Violation(device.ToString(), sentence);
        return null;
    }

    private Node Refuse(Device device, Node iq, string sentence)
    {
        Violate(device, sentence);
        return Stanzas.Error(iq, 400);
    }
}
