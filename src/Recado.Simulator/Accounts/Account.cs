using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Accounts;

/// <summary>One WhatsApp account: a phone and the devices linked to it. Guarded by the exchange's lock.</summary>
internal sealed class Account(string phone, string lid, string name, uint rawId)
{
    /// <summary>Number, digits only; the user part of the phone-number JID.</summary>
    public string Phone { get; } = phone;

    /// <summary>User part of the LID.</summary>
    public string Lid { get; } = lid;

    /// <summary>The push name, as the phone's settings have it.</summary>
    public string Name { get; set; } = name;

    /// <summary>The phone; set once, when the account is made.</summary>
    public PhoneEndpoint Endpoint { get; set; } = null!;

    /// <summary>Identifies the account in its signed device identities.</summary>
    public uint RawId { get; } = rawId;

    /// <summary>By number; 0 is the phone.</summary>
    public SortedList<ushort, Device> Devices { get; } = [];

    /// <summary>Numbers are not given twice, so that a stale device list cannot reach another device.</summary>
    public ushort LastDevice { get; set; }

    public uint LastKeyIndex { get; set; }

    /// <summary>Numbers of the accounts that this one has exchanged messages with; they hear of its devices.</summary>
    public HashSet<string> Contacts { get; } = [];

    /// <summary>Privacy tokens that this account has given, by the receiver's number.</summary>
    public Dictionary<string, PrivacyToken> IssuedTokens { get; } = [];

    public Profile Profile { get; } = new();

    public IReadOnlyDictionary<AppStateCollection, StoredCollection> Settings { get; } =
        Enum.GetValues<AppStateCollection>().ToDictionary(collection => collection, _ => new StoredCollection());

    /// <summary>Devices of others that want to hear of this account's presence.</summary>
    public HashSet<Device> Subscribers { get; } = [];

    public DateTimeOffset? LastSeen { get; set; }

    public Jid PhoneJid => new(Phone, JidServer.PhoneNumber);

    public Jid LidJid => new(Lid, JidServer.Lid);

    public Device Primary => Devices[0];

    public IEnumerable<Device> Companions => Devices.Values.Where(d => d.Number != 0);

    /// <summary>The user JID of the account, of the kind that is asked for.</summary>
    public Jid JidAs(Addressing addressing) => addressing == Addressing.Lid ? LidJid : PhoneJid;
}

/// <summary>The two names an account goes by. All JIDs of one message are of one kind.</summary>
internal enum Addressing
{
    PhoneNumber,
    Lid,
}

/// <summary>A trusted-contact token and when it was given.</summary>
internal sealed record PrivacyToken(byte[] Value, long Timestamp);
