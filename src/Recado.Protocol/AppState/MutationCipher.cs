using System.Buffers.Binary;
using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.AppState;

/// <summary>
/// One record as it lies at the service: <c>iv(16) ‖ AES-256-CBC(SyncActionData) ‖ value MAC(32)</c>, named by
/// <c>HMAC-SHA256(index key, index)</c>. The value MAC is the first half of
/// <c>HMAC-SHA512(key, op ‖ key id ‖ iv ‖ ciphertext ‖ u64 length of op ‖ key id)</c>, op being 1 to set and 2 to remove.
/// </summary>
internal static class MutationCipher
{
    private const int IvLength = AesCbc.BlockLength, MacLength = AppStateMacs.Length, LargestBlob = 1024 * 1024;

    public static SyncdMutation Encrypt(AppStateKeys keys, AppStateMutation mutation, IRandomSource random)
    {
        var index = AppStateIndex.Serialize(mutation.Index);
        var plaintext = AppStateRequests.Plain(mutation).ToByteArray();
        var iv = random.Bytes(IvLength);
        byte[] encrypted = [.. iv, .. AesCbc.Encrypt(keys.ValueEncryption, iv, plaintext)];
        return new()
        {
            Operation = mutation.Operation,
            Record = new()
            {
                Index = new() { Blob = ByteString.CopyFrom(HMACSHA256.HashData(keys.Index, index)) },
                Value = new() { Blob = ByteString.CopyFrom([.. encrypted, .. Mac(keys, mutation.Operation, encrypted)]) },
                KeyId = new() { Id = ByteString.CopyFrom(keys.Id) },
            },
        };
    }

    /// <exception cref="ProtocolException">
    /// It was changed on the way or encrypted under another key (<see cref="ProtocolError.AppStateMismatch"/>), or holds no record
    /// (<see cref="ProtocolError.MalformedPayload"/>).
    /// </exception>
    public static AppStateMutation Decrypt(AppStateKeyRing ring, SyncdOperation operation, SyncdRecord record)
    {
        var keys = ring.Expand(KeyIdOf(record));
        var (encrypted, valueMac) = Split(record);
        if (!CryptographicOperations.FixedTimeEquals(valueMac.Span, Mac(keys, operation, encrypted.Span)))
            throw ProtocolException.AppStateMismatch("the content MAC of a record is wrong");

        var plaintext = AesCbc.TryDecrypt(keys.ValueEncryption, encrypted.Span[..IvLength], encrypted.Span[IvLength..])
            ?? throw ProtocolException.MalformedPayload("A record is not padded.");
        var data = Protobuf.TryParse(SyncActionData.Parser, plaintext)
            ?? throw ProtocolException.MalformedPayload("A record is no valid protobuf.");
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(keys.Index, data.Index.Span), record.Index.Blob.Span))
            throw ProtocolException.AppStateMismatch("the index MAC of a record is wrong");

        return new(operation, AppStateIndex.Parse(data.Index.Span), data.Value ?? new(), data.Version);
    }

    /// <summary>The MAC at the end of a record's value.</summary>
    /// <exception cref="ProtocolException">The record lacks a part or is too large (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static byte[] ValueMacOf(SyncdRecord? record) => Split(record).Mac.ToArray();

    /// <exception cref="ProtocolException">The record has none (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static ReadOnlySpan<byte> KeyIdOf(SyncdRecord? record) => record is { KeyId.Id: { Length: > 0 and <= AppStateKey.MaxIdLength } id }
        ? id.Span
        : throw ProtocolException.MalformedPayload("A record names no key.");

    private static (ReadOnlyMemory<byte> Encrypted, ReadOnlyMemory<byte> Mac) Split(SyncdRecord? record)
    {
        if (record is not { Index.Blob.Length: MacLength, Value.Blob: { Length: > IvLength + MacLength and <= LargestBlob } blob })
            throw ProtocolException.MalformedPayload("A record lacks its index or value, or is too large.");

        return (blob.Memory[..^MacLength], blob.Memory[^MacLength..]);
    }

    private static byte[] Mac(AppStateKeys keys, SyncdOperation operation, ReadOnlySpan<byte> encrypted)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(length, (ulong)(1 + keys.Id.Length));
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA512, keys.ValueMac);
        mac.AppendData([(byte)(operation + 1)]);
        mac.AppendData(keys.Id);
        mac.AppendData(encrypted);
        mac.AppendData(length);
        return mac.GetHashAndReset()[..MacLength];
    }
}
