using Recado.Protocol;
using Recado.Simulator.Service;

namespace Recado.Simulator.Accounts;

/// <summary>What the service knows about one device. Guarded by the exchange's lock.</summary>
internal sealed class Device(Account account, ushort number)
{
    public Account Account { get; } = account;

    public ushort Number { get; } = number;

    /// <summary>Index in the account's signed list; 0 for the phone.</summary>
    public uint KeyIndex { get; init; }

    /// <summary>Noise static key that it must log in with; empty for the phone, which lives in this process.</summary>
    public byte[] NoiseKey { get; init; } = [];

    public required byte[] IdentityKey { get; init; }

    public required uint RegistrationId { get; init; }

    /// <summary>Signed identity with the account's key, as peers are given it; <see langword="null"/> for the phone.</summary>
    public byte[]? SignedIdentity { get; init; }

    /// <summary>Name from the registration, such as the operating system.</summary>
    public string? Label { get; init; }

    /// <summary>Whether it asked for the whole history when it was linked.</summary>
    public bool RequiresFullHistory { get; init; }

    /// <summary>Whether it takes small parts of the history inside their notifications.</summary>
    public bool TakesInlineHistory { get; init; }

    public PublicKeys Keys { get; } = new();

    public DeliveryQueue Queue { get; } = new();

    public SentLog Sent { get; } = new();

    /// <summary>Where stanzas go while the device is connected and active.</summary>
    public IDeviceLink? Link { get; set; }

    /// <summary>Whether the phone has sent keys and history to the device after its first login.</summary>
    public bool InitialSyncDone { get; set; }

    /// <summary>Time of the change the device has not confirmed with <c>clean</c>; <see langword="null"/> when there is none.</summary>
    public long? DirtySince { get; set; }

    /// <summary>Whether it has announced itself as available on its present connection.</summary>
    public bool Available { get; set; }

    /// <summary>The accounts whose presence it hears of, and the kind of name it calls them by.</summary>
    public Dictionary<Account, Addressing> Watched { get; } = [];

    public bool IsPhone => Number == 0;

    public Jid JidAs(Addressing addressing) => Account.JidAs(addressing).WithDevice(Number);

    public override string ToString() => $"{Account.Phone}:{Number}";
}
