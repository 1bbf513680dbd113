using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Client.Pairing;

/// <summary>The device's own keys and names. Keys never change for the life of a pairing.</summary>
internal sealed record Credentials
{
    public static readonly DeviceRecordKey Key = new(DeviceRecordKind.Credentials, "self");

    public required KeyPair NoiseKey { get; init; }

    public required LocalIdentity Identity { get; init; }

    /// <summary>Shared with the phone through the QR code; proves at pairing that it was scanned from us.</summary>
    public required byte[] AdvSecret { get; init; }

    public required SignedPreKey SignedPreKey { get; init; }

    public DateTimeOffset SignedPreKeySince { get; init; }

    /// <summary>Our own device JIDs; null until paired.</summary>
    public Jid? PhoneNumber { get; init; }

    public Jid? Lid { get; init; }

    /// <summary>The encoded signed device identity, with the account's key: proves to peers that we belong to the account.</summary>
    public byte[]? Account { get; init; }

    public string? Platform { get; init; }

    public string? BusinessName { get; init; }

    public bool IsPaired => PhoneNumber is not null;

    /// <summary>Fresh keys for a device that is not linked yet.</summary>
    public static Credentials Create(IRandomSource random, TimeProvider time)
    {
        var identity = KeyPair.Generate(random);
        return new()
        {
            NoiseKey = KeyPair.Generate(random),
            Identity = new(identity, 1 + (BinaryPrimitives.ReadUInt32BigEndian(random.Bytes(4)) % 16380)),
            AdvSecret = random.Bytes(32),
            SignedPreKey = SignedPreKey.Create(1, identity, random),
            SignedPreKeySince = time.GetUtcNow(),
        };
    }

    /// <summary>Whether a user or device JID names our own account.</summary>
    public bool IsOwn(Jid jid) =>
        (PhoneNumber is { } phone && jid.IsPhoneNumber && jid.User == phone.User) || (Lid is { } lid && jid.IsLid && jid.User == lid.User);

    public byte[] Serialize() =>
        JsonSerializer.SerializeToUtf8Bytes(
            new CredentialsDto(
                NoiseKey.PrivateKey,
                Identity.KeyPair.PrivateKey,
                Identity.RegistrationId,
                AdvSecret,
                SignedPreKey.Id,
                SignedPreKey.KeyPair.PrivateKey,
                SignedPreKey.Signature,
                SignedPreKeySince,
                PhoneNumber?.ToString(),
                Lid?.ToString(),
                Account,
                Platform,
                BusinessName),
            CredentialsJson.Default.CredentialsDto);

    /// <exception cref="FormatException">The bytes are not credentials.</exception>
    public static Credentials Parse(byte[] data)
    {
        try
        {
            var dto =
                JsonSerializer.Deserialize(data, CredentialsJson.Default.CredentialsDto)
                ?? throw new FormatException("The credentials are empty.");
            return new()
            {
                NoiseKey = KeyPair.FromPrivateKey(dto.NoiseKey),
                Identity = new(KeyPair.FromPrivateKey(dto.IdentityKey), dto.RegistrationId),
                AdvSecret = dto.AdvSecret,
                SignedPreKey = new(dto.SignedPreKeyId, KeyPair.FromPrivateKey(dto.SignedPreKey), dto.SignedPreKeySignature),
                SignedPreKeySince = dto.SignedPreKeySince,
                PhoneNumber = dto.PhoneNumber is { } phone ? Jid.Parse(phone) : null,
                Lid = dto.Lid is { } lid ? Jid.Parse(lid) : null,
                Account = dto.Account,
                Platform = dto.Platform,
                BusinessName = dto.BusinessName,
            };
        }
        catch (Exception cause) when (cause is JsonException or ProtocolException or ArgumentException)
        {
            throw new FormatException("The stored credentials cannot be read.", cause);
        }
    }
}

internal sealed record CredentialsDto(
    byte[] NoiseKey,
    byte[] IdentityKey,
    uint RegistrationId,
    byte[] AdvSecret,
    uint SignedPreKeyId,
    byte[] SignedPreKey,
    byte[] SignedPreKeySignature,
    DateTimeOffset SignedPreKeySince,
    string? PhoneNumber,
    string? Lid,
    byte[]? Account,
    string? Platform,
    string? BusinessName);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(CredentialsDto))]
internal sealed partial class CredentialsJson : JsonSerializerContext;
