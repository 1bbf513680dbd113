using System.Text.Json.Serialization;
using Recado.Protocol.AppState;
using Recado.Simulator.Accounts;
using Recado.Simulator.Phones;

namespace Recado.Simulator.State;

/// <summary>Everything a restarted service must know. Property names are the format of the state file.</summary>
/// <param name="Format">Version of the format.</param>
/// <param name="Clean">Whether it was written by an orderly stop, so that no change can be missing from it.</param>
/// <param name="Authority">The certificate authority with its private keys.</param>
/// <param name="StaticKey">The service's private static key.</param>
/// <param name="Accounts">The accounts.</param>
internal sealed record ServiceState(int Format, bool Clean, byte[] Authority, byte[] StaticKey, IReadOnlyList<AccountState> Accounts)
{
    public const int CurrentFormat = 1;

    /// <summary>Certificate and private key of the authority behind the media host; absent in files from before there was one.</summary>
    public byte[]? MediaAuthority { get; init; }

    // What a file of an earlier version does not have is read as null.

    /// <summary>The groups.</summary>
    public IReadOnlyList<GroupState> Groups { get; init => field = value ?? []; } = [];

    /// <summary>Codes of invite links that are good no more.</summary>
    public IReadOnlyList<string> RevokedCodes { get; init => field = value ?? []; } = [];

    /// <summary>Who holds whose sender keys for status updates.</summary>
    public IReadOnlyList<HoldersState> StatusKeys { get; init => field = value ?? []; } = [];
}

internal sealed record AccountState(
    string Phone, string Lid, string Name, uint RawId, ushort LastDevice, uint LastKeyIndex, IReadOnlyList<string> Contacts,
    IReadOnlyDictionary<string, TokenState> Tokens, PhoneState Endpoint, IReadOnlyList<DeviceState> Companions)
{
    /// <summary>Absent in files from before there were profiles.</summary>
    public ProfileState? Profile { get; init; }

    /// <summary>The patches of the settings, by collection.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<byte[]>> Settings { get; init => field = value ?? field; } = new Dictionary<string, IReadOnlyList<byte[]>>();
}

internal sealed record ProfileState(
    string About, long AboutSince, PictureState? Picture, BusinessCard? Business, IReadOnlyDictionary<string, string> Privacy, IReadOnlyList<string> Blocked,
    long DefaultTimer, long DefaultTimerSince);

internal sealed record PictureState(string Id, string Key, byte[] Jpeg);

internal sealed record TokenState(byte[] Value, long Timestamp);

internal sealed record DeviceState(
    ushort Number, uint KeyIndex, byte[] NoiseKey, byte[] IdentityKey, uint RegistrationId, byte[]? SignedIdentity, string? Label,
    bool InitialSyncDone, long? DirtySince, PublicKeysState Keys, IReadOnlyList<byte[]> Queue)
{
    /// <summary>Absent, like the next, in files from before phones had a history.</summary>
    public bool RequiresFullHistory { get; init; }

    public bool TakesInlineHistory { get; init; }
}

internal sealed record PublicKeysState(
    SignedKeyState? Current, IReadOnlyList<uint> SignedIds, IReadOnlyList<KeyState> Stock, IReadOnlyDictionary<uint, GivenState> Given);

/// <summary>A one-time prekey: public in the service's stock, private in a phone.</summary>
internal sealed record KeyState(uint Id, byte[] Key);

/// <summary>A signed prekey: public in the service's stock, private in a phone.</summary>
internal sealed record SignedKeyState(uint Id, byte[] Key, byte[] Signature);

internal sealed record GivenState(string Receiver, byte[]? BaseKey);

internal sealed record PhoneState(
    byte[] IdentityKey, uint RegistrationId, SignedKeyState SignedPreKey, KeyState[] PreKeys, uint NextPreKeyId, byte[] AppStateKeyId,
    byte[] AppStateKey, PublicKeysState Keys, IReadOnlyDictionary<string, byte[]> Sessions, IReadOnlyList<SentState> Sent,
    IReadOnlyList<InboxMessage> Inbox, IReadOnlyList<PhoneReceipt> Receipts)
{
    public IReadOnlyList<SenderKeyState> SenderKeys { get; init => field = value ?? []; } = [];

    public long AppStateKeyTimestamp { get; init; }

    public IReadOnlyList<AppStateKey> FurtherAppStateKeys { get; init => field = value ?? []; } = [];

    public IReadOnlyList<OwnSenderKeyState> OwnSenderKeys { get; init => field = value ?? []; } = [];

    /// <summary>What the history is made from; the same comes out.</summary>
    public HistoryState? History { get; init; }
}

internal sealed record HistoryState(HistoryPlan Plan, byte[] Secret, DateTimeOffset Until, IReadOnlyList<PersonState> Known);

internal sealed record PersonState(string Name, string Phone, string Lid);

internal sealed record SentState(string Id, string To, byte[] Message, bool IsPeer);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ServiceState))]
internal sealed partial class StateJson : JsonSerializerContext;
