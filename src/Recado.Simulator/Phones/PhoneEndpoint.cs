using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;
using Recado.Simulator.Service;

namespace Recado.Simulator.Phones;

/// <summary>
/// The inside of a phone: device 0 of its account, with Signal keys and sessions of its own. It lives in the service's process and
/// is guarded by the exchange's lock, but it sends and receives the same stanzas as a client.
/// </summary>
internal sealed partial class PhoneEndpoint : IDeviceLink
{
    private const int PreKeyBatch = 30, MaxInbox = 20_000, MaxReceipts = 50_000, MaxSent = 5_000, MaxMissed = 100_000;

    private readonly Exchange _exchange;
    private readonly LocalIdentity _identity;
    private readonly SignedPreKey _signedPreKey;
    private readonly Dictionary<uint, PreKey> _preKeys = [];
    private readonly Dictionary<string, SessionRecord> _sessions = [];
    private readonly Queue<Node> _missed = new();
    private uint _nextPreKeyId = 1;
    private bool _isOn = true;

    /// <summary>A new phone.</summary>
    public PhoneEndpoint(Exchange exchange, Account account)
        : this(exchange, account, NewKeys(exchange.Random, exchange.Now))
    {
        RefillPreKeys();
        PublishDevices();
        StartSettings();
    }

    private PhoneEndpoint(Exchange exchange, Account account, Keys keys)
    {
        _exchange = exchange;
        Account = account;
        (_identity, _signedPreKey, _appStateKeys) = keys;
        Device = new Device(account, number: 0)
        {
            IdentityKey = _identity.KeyPair.PublicKey,
            RegistrationId = _identity.RegistrationId,
            Link = this,
            InitialSyncDone = true,
        };
        Device.Keys.Rotate(new PublicSignedPreKey(_signedPreKey.Id, _signedPreKey.KeyPair.PublicKey, _signedPreKey.Signature));
        account.Devices[0] = Device;
        account.Endpoint = this;
    }

    public Account Account { get; }

    public Device Device { get; }

    public Journal<InboxMessage> Inbox { get; } = new(MaxInbox);

    public Journal<PhoneReceipt> Receipts { get; } = new(MaxReceipts);

    /// <summary>A phone is always there, even if it is off and takes nothing in.</summary>
    public bool IsActive => true;

    /// <summary>The phone acts once the stanza that reached it has been dealt with, or once it is on again.</summary>
    public void Send(Node stanza)
    {
        if (_isOn)
            _exchange.Later(() => Receive(stanza));
        else if (_missed.Count < MaxMissed)
            _missed.Enqueue(stanza);
    }

    /// <summary>Switches the phone on or off. What reaches it meanwhile waits, as long as the service runs.</summary>
    public void Switch(bool isOn)
    {
        _isOn = isOn;
        while (_isOn && _missed.TryDequeue(out var stanza))
        {
            Send(stanza);
        }
    }

    public void Close(Node? lastStanza) => throw new InvalidOperationException("A phone is not disconnected.");

    /// <summary>Publishes more one-time prekeys.</summary>
    public void RefillPreKeys()
    {
        for (var i = 0; i < PreKeyBatch; i++)
        {
            var key = NewPreKey();
            Device.Keys.Add(new PublicPreKey(key.Id, key.KeyPair.PublicKey));
        }
    }

    public void ForgetSessions() => _sessions.Clear();

    private static Keys NewKeys(IRandomSource random, DateTimeOffset now)
    {
        var identity = LocalIdentity.Generate(random);
        return new Keys(identity, SignedPreKey.Create(1, identity.KeyPair, random), [NewAppStateKey(random, now.ToUnixTimeMilliseconds())]);
    }

    /// <summary>The tokens that the people of the service have given this account; who has given none does so now.</summary>
    public IReadOnlyDictionary<string, PrivacyToken> TokensFromContacts() => _exchange.Accounts.All.Where(a => a != Account).ToDictionary(
        a => a.Phone,
        a => a.IssuedTokens.TryGetValue(Account.Phone, out var token)
            ? token
            : a.IssuedTokens[Account.Phone] = new PrivacyToken(_exchange.Random.Bytes(16), _exchange.Now.ToUnixTimeSeconds()));

    private PreKey NewPreKey()
    {
        var key = new PreKey(_nextPreKeyId++, KeyPair.Generate(_exchange.Random));
        _preKeys.Add(key.Id, key);
        return key;
    }

    /// <summary>Sessions belong to the LID, whatever name a message was addressed by.</summary>
    private static string AddressOf(Device device) => device.JidAs(Addressing.Lid).ToSignalAddress().ToString();

    private sealed record Keys(LocalIdentity Identity, SignedPreKey SignedPreKey, List<AppStateKey> AppStateKeys);
}
