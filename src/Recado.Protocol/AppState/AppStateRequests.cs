using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>What a device asks its phone for about the account's settings. Both ways it travels as peer messages.</summary>
public static class AppStateRequests
{
    private const int LargestRecovery = 64 * 1024 * 1024;

    /// <summary>Asks for keys by their ids.</summary>
    public static Message Keys(IEnumerable<byte[]> ids)
    {
        var request = new AppStateSyncKeyRequest();
        request.KeyIds.AddRange(ids.Select(id => new AppStateSyncKeyId { KeyId = ByteString.CopyFrom(id) }));
        return new() { ProtocolMessage = new() { Type = ProtocolMessage.Types.Type.AppStateSyncKeyRequest, AppStateSyncKeyRequest = request } };
    }

    /// <summary>Asks for a collection whose copy at the service does not verify.</summary>
    public static Message Recovery(AppStateCollection collection, DateTimeOffset now) => new()
    {
        ProtocolMessage = new()
        {
            Type = ProtocolMessage.Types.Type.PeerDataOperationRequest,
            PeerDataOperationRequestMessage = new()
            {
                PeerDataOperationRequestType = PeerDataOperationRequestType.SyncdSnapshotRecovery,
                SyncdCollectionFatalRecoveryRequest = new() { CollectionName = collection.ToName(), Timestamp = now.ToUnixTimeSeconds() },
            },
        },
    };

    /// <summary>Reads a collection that the phone gives in plain text.</summary>
    /// <exception cref="ProtocolException">It is none, or is too large (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static SyncdSnapshotRecovery ParseRecovery(
        PeerDataOperationRequestResponseMessage.Types.SyncdSnapshotFatalRecoveryResponse response)
    {
        ArgumentNullException.ThrowIfNull(response);
        var bytes = response.IsCompressed ? Inflate(response.CollectionSnapshot) : response.CollectionSnapshot.ToByteArray();
        return Protobuf.TryParse(SyncdSnapshotRecovery.Parser, bytes)
            ?? throw ProtocolException.MalformedPayload("A collection from the phone is no valid protobuf.");
    }

    /// <summary>The keys that a recovery needs and the ring does not hold, in lower-case hexadecimal.</summary>
    public static IReadOnlyCollection<string> MissingKeys(SyncdSnapshotRecovery recovery, AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(recovery);
        ArgumentNullException.ThrowIfNull(ring);
        return recovery.MutationRecords
            .Where(record => !ring.Holds(record.KeyId.Span))
            .Select(record => Convert.ToHexStringLower(record.KeyId.Span))
            .ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Makes a collection out of what the phone says it is. It is believed: what it came in was encrypted by the phone for us.</summary>
    /// <exception cref="ProtocolException">It lacks something (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static AppStateUpdate Apply(SyncdSnapshotRecovery recovery, AppStateKeyRing ring)
    {
        ArgumentNullException.ThrowIfNull(recovery);
        ArgumentNullException.ThrowIfNull(ring);
        if (recovery is not { Version.Version: > 0, CollectionLthash.Length: LtHash.Length, MutationRecords.Count: <= AppStateReader.MaxRecords })
            throw ProtocolException.MalformedPayload("A collection from the phone lacks its version or hash, or is too large.");

        var macs = new Dictionary<string, byte[]?>(StringComparer.Ordinal);
        var mutations = new List<AppStateMutation>(recovery.MutationRecords.Count);
        foreach (var record in recovery.MutationRecords)
        {
            if (record is not { Value: { } data, Mac.Length: AppStateMacs.Length })
                throw ProtocolException.MalformedPayload("A record from the phone lacks its value or MAC.");

            var index = AppStateIndex.Parse(data.Index.Span);
            macs[Convert.ToHexStringLower(HMACSHA256.HashData(ring.Expand(record.KeyId.Span).Index, data.Index.Span))] = record.Mac.ToByteArray();
            mutations.Add(new(SyncdOperation.Set, index, data.Value ?? new(), data.Version));
        }

        return new(new(recovery.Version.Version, recovery.CollectionLthash.ToByteArray()), macs, mutations);
    }

    /// <summary>A record in plain text.</summary>
    public static SyncActionData Plain(AppStateMutation record)
    {
        ArgumentNullException.ThrowIfNull(record);
        return new() { Index = ByteString.CopyFrom(AppStateIndex.Serialize(record.Index)), Value = record.Value, Padding = ByteString.Empty, Version = record.Version };
    }

    private static byte[] Inflate(ByteString compressed)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(compressed.ToByteArray(), writable: false), CompressionMode.Decompress);
            using var inflated = new MemoryStream();
            var piece = new byte[16 * 1024];
            for (int count; (count = gzip.Read(piece)) > 0;)
            {
                if (inflated.Length + count > LargestRecovery)
                    throw ProtocolException.MalformedPayload($"A collection from the phone has more than {LargestRecovery} bytes.");
                inflated.Write(piece, 0, count);
            }

            return inflated.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw ProtocolException.MalformedPayload("A collection from the phone cannot be decompressed.", e);
        }
    }
}
