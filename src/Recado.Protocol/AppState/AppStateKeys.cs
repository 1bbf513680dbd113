using System.Security.Cryptography;

namespace Recado.Protocol.AppState;

/// <summary>
/// What one key of the account's settings expands to:
/// <c>index ‖ value encryption ‖ value MAC ‖ snapshot MAC ‖ patch MAC = HKDF-SHA256(key, no salt, "WhatsApp Mutation Keys", 160)</c>.
/// </summary>
internal sealed class AppStateKeys
{
    private const int KeyLength = 32;

    private readonly byte[] _bytes = new byte[5 * KeyLength];

    private AppStateKeys(byte[] id) => Id = id;

    /// <summary>Which key it is; opaque.</summary>
    public byte[] Id { get; }

    public ReadOnlySpan<byte> Index => Part(0);

    public ReadOnlySpan<byte> ValueEncryption => Part(1);

    public ReadOnlySpan<byte> ValueMac => Part(2);

    public ReadOnlySpan<byte> SnapshotMac => Part(3);

    public ReadOnlySpan<byte> PatchMac => Part(4);

    public static AppStateKeys Expand(AppStateKey key)
    {
        var keys = new AppStateKeys(key.Id);
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Data, keys._bytes, salt: [], info: "WhatsApp Mutation Keys"u8);
        return keys;
    }

    private ReadOnlySpan<byte> Part(int number) => _bytes.AsSpan(number * KeyLength, KeyLength);
}
