using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;

namespace Recado.Server.Storage.Encryption;

/// <summary>
/// Encrypts key material before it reaches SQL: AES-256-CBC, then HMAC-SHA-256 over everything and over the record's place,
/// so that a ciphertext moved to another row does not decrypt. Thread-safe.
/// <code>
/// version (1) = 1 | key id (4, big endian) | IV (16) | ciphertext | HMAC (32)
/// HMAC over: version | key id | IV | ciphertext | place | length of ciphertext (8)
/// place: length (4) and UTF-8 of session, kind and id each
/// </code>
/// The keys of a secret are derived with HKDF-SHA-256; its id is derived too, so that it tells nothing about the secret.
/// </summary>
internal sealed partial class RecordCipher
{
    private const byte Version = 1;
    private const int KeyIdOffset = 1, IvOffset = 5, BodyOffset = 21, MacLength = 32, BlockLength = 16;

    private readonly IRandomSource _random;
    private readonly Dictionary<uint, Keys> _keys = [];

    /// <param name="secrets">Newest first. The first one encrypts, every one decrypts.</param>
    /// <param name="sealsContents">Whether what people write is encrypted too; it is opened in any case.</param>
    public RecordCipher(IReadOnlyList<string> secrets, IRandomSource random, bool sealsContents = false)
    {
        if (secrets.Count == 0)
            throw new ArgumentException("There must be at least one secret.", nameof(secrets));

        (_random, SealsContents) = (random, sealsContents);
        var all = secrets.Select(Keys.Derive).DistinctBy(keys => keys.Id).ToList();
        foreach (var keys in all)
            _keys.Add(keys.Id, keys);

        KeyIds = [.. all.Select(keys => keys.Id)];
    }

    /// <summary>Ids of the secrets, newest first.</summary>
    public IReadOnlyList<uint> KeyIds { get; }

    /// <summary>Id of the secret that encrypts.</summary>
    public uint CurrentKeyId => KeyIds[0];

    public byte[] Seal(RecordPlace place, ReadOnlySpan<byte> plaintext)
    {
        var keys = _keys[CurrentKeyId];
        var bodyLength = (plaintext.Length / BlockLength + 1) * BlockLength;
        var sealed_ = new byte[BodyOffset + bodyLength + MacLength];
        sealed_[0] = Version;
        BinaryPrimitives.WriteUInt32BigEndian(sealed_.AsSpan(KeyIdOffset), keys.Id);
        var iv = sealed_.AsSpan(IvOffset, BlockLength);
        _random.Fill(iv);
        using (var aes = keys.CreateAes())
            aes.EncryptCbc(plaintext, iv, sealed_.AsSpan(BodyOffset, bodyLength));

        keys.ComputeMac(sealed_.AsSpan(0, BodyOffset + bodyLength), place, sealed_.AsSpan(BodyOffset + bodyLength));
        return sealed_;
    }

    /// <exception cref="StorageException">The secret is not among ours, or the bytes are not what was stored at this place.</exception>
    public byte[] Open(RecordPlace place, ReadOnlySpan<byte> sealed_)
    {
        if (!HasHeader(sealed_))
            throw Damaged(place, "it has no valid header");
        if (!_keys.TryGetValue(KeyIdOf(sealed_), out var keys))
            throw Damaged(place, "none of the keys in SESSION_ENCRYPTION_KEY is the one that encrypted it");

        Span<byte> mac = stackalloc byte[MacLength];
        keys.ComputeMac(sealed_[..^MacLength], place, mac);
        if (!CryptographicOperations.FixedTimeEquals(mac, sealed_[^MacLength..]))
            throw Damaged(place, "its bytes were changed or belong to another record");

        using var aes = keys.CreateAes();
        return aes.DecryptCbc(sealed_[BodyOffset..^MacLength], sealed_.Slice(IvOffset, BlockLength));
    }

    /// <summary>Id of the secret that encrypted these bytes; null when they have no valid header.</summary>
    public static uint? FindKeyId(ReadOnlySpan<byte> sealed_) => HasHeader(sealed_) ? KeyIdOf(sealed_) : null;

    /// <summary>The same of bytes that were sealed here.</summary>
    public static uint KeyIdOf(ReadOnlySpan<byte> sealed_) => BinaryPrimitives.ReadUInt32BigEndian(sealed_[KeyIdOffset..]);

    private static bool HasHeader(ReadOnlySpan<byte> sealed_) => sealed_.Length >= BodyOffset + BlockLength + MacLength && sealed_[0] == Version;

    private static StorageException Damaged(RecordPlace place, string why) =>
        new($"A record of kind '{place.Kind}' of session {place.SessionId} cannot be read: {why}.", isTransient: false);

    private sealed class Keys
    {
        private readonly byte[] _aes, _mac;

        private Keys(uint id, byte[] aes, byte[] mac) => (Id, _aes, _mac) = (id, aes, mac);

        public uint Id { get; }

        public static Keys Derive(string secret)
        {
            Span<byte> output = stackalloc byte[4 + 32 + 32];
            HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret), output, salt: [], info: "recado device records 1"u8);
            return new Keys(BinaryPrimitives.ReadUInt32BigEndian(output), output.Slice(4, 32).ToArray(), output.Slice(36, 32).ToArray());
        }

        public Aes CreateAes()
        {
            var aes = Aes.Create();
            aes.SetKey(_aes);
            return aes;
        }

        public void ComputeMac(ReadOnlySpan<byte> content, RecordPlace place, Span<byte> destination)
        {
            using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _mac);
            mac.AppendData(content);
            Append(mac, place.SessionId.ToString("D"));
            Append(mac, place.Kind);
            Append(mac, place.Id);
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64BigEndian(length, content.Length);
            mac.AppendData(length);
            mac.GetHashAndReset(destination);
        }

        private static void Append(IncrementalHash mac, string part)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            mac.AppendData(length);
            mac.AppendData(bytes);
        }
    }
}

/// <summary>Where a record lies; a sealed record opens only there.</summary>
/// <param name="SessionId">The session it belongs to; of what belongs to none, the user.</param>
internal readonly record struct RecordPlace(Guid SessionId, string Kind, string Id)
{
    private const string MessageKind = "message";

    public bool IsMessage => Kind == MessageKind;

    public static RecordPlace Of(Guid sessionId, DeviceRecordKey key) =>
        key.Kind == DeviceRecordKind.Credentials ? Credentials(sessionId) : new(sessionId, key.Kind.ToName(), key.Id);

    /// <summary>There is one such record per session, whatever its id.</summary>
    public static RecordPlace Credentials(Guid sessionId) => new(sessionId, DeviceRecordKind.Credentials.ToName(), "");

    /// <summary>Where the reference of a file lies, by which WhatsApp gives it.</summary>
    public static RecordPlace File(Guid sessionId, Guid mediaId) => new(sessionId, "media", mediaId.ToString("D"));

    /// <summary>Where the content of a message lies. Not by the row's id: that of one that could be read only later stays, and so does all of this.</summary>
    public static RecordPlace Message(Guid sessionId, string direction, string whatsAppId) => new(sessionId, MessageKind, $"{direction}/{whatsAppId}");

    /// <summary>Where a message lies that waits to be sent.</summary>
    public static RecordPlace Queued(Guid sessionId, Guid id) => new(sessionId, "queued", id.ToString("D"));

    /// <summary>Where the answer lies that a user's request got.</summary>
    public static RecordPlace Answer(Guid userId, string key) => new(userId, "answer", key);

    /// <summary>Where an event lies. Not by its user while it has a session, because sessions can be given to another user.</summary>
    public static RecordPlace Event(Guid? sessionId, Guid userId, long eventId) =>
        new(sessionId ?? userId, "event", eventId.ToString(CultureInfo.InvariantCulture));
}
