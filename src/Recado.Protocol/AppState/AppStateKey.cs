using System.Buffers.Binary;
using Recado.Protocol.Proto;

namespace Recado.Protocol.AppState;

/// <summary>A key of the account's settings, as the phone shares it with its companions.</summary>
/// <param name="Id">Names it; opaque, though its last four bytes usually count.</param>
/// <param name="Data">The 32 bytes.</param>
/// <param name="Timestamp">When it was made, in milliseconds.</param>
public sealed record AppStateKey(byte[] Id, byte[] Data, long Timestamp)
{
    /// <summary>The longest id that is taken.</summary>
    public const int MaxIdLength = 64;

    private const int DataLength = 32, UsualIdLength = 6, EpochOffset = 2;

    /// <summary>The key's number, which rises with every new key; null when its id has another form.</summary>
    public uint? Epoch => Id.Length == UsualIdLength ? BinaryPrimitives.ReadUInt32BigEndian(Id.AsSpan(EpochOffset)) : null;

    /// <summary>Reads one key of a share; null when it is none, as for a key that the phone does not have either.</summary>
    public static AppStateKey? TryRead(AppStateSyncKey shared)
    {
        ArgumentNullException.ThrowIfNull(shared);
        return shared is { KeyId.KeyId.Length: > 0 and <= MaxIdLength, KeyData.KeyData.Length: DataLength }
            ? TryRead(shared.KeyId.KeyId.ToByteArray(), shared.KeyData)
            : null;
    }

    /// <summary>Reads stored key data; null when it is none.</summary>
    public static AppStateKey? TryRead(byte[] id, ReadOnlySpan<byte> keyData) =>
        Protobuf.TryParse(AppStateSyncKeyData.Parser, keyData) is { } parsed ? TryRead(id, parsed) : null;

    private static AppStateKey? TryRead(byte[] id, AppStateSyncKeyData data) =>
        data.KeyData.Length == DataLength ? new(id, data.KeyData.ToByteArray(), data.Timestamp) : null;
}
