using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;
using Recado.Simulator.Service;
using Recado.Simulator.State;

namespace Recado.Simulator.Phones;

/// <summary>A phone's saved form.</summary>
internal sealed partial class PhoneEndpoint
{
    // Enough for a person who looks at the phone, and for retries of what was on its way.
    private const int SavedItems = 500;

    public PhoneState Save() => new(
        _identity.KeyPair.PrivateKey, _identity.RegistrationId,
        new SignedKeyState(_signedPreKey.Id, _signedPreKey.KeyPair.PrivateKey, _signedPreKey.Signature),
        [.. _preKeys.Values.Select(k => new KeyState(k.Id, k.KeyPair.PrivateKey))], _nextPreKeyId, _appStateKeys[0].Id, _appStateKeys[0].Data,
        StateMapper.Save(Device.Keys), _sessions.ToDictionary(s => s.Key, s => s.Value.Serialize()),
        [.. _sentOrder.TakeLast(SavedItems).Select(id => (Id: id, Message: _sent[id])).Select(s =>
            new SentState(s.Id, s.Message.To.ToString(), s.Message.Message.ToByteArray(), s.Message.IsPeer))],
        [.. Inbox.Items.TakeLast(SavedItems)], [.. Receipts.Items.TakeLast(SavedItems)])
    {
        History = (History is { } made ? new Past(made.Plan, made.Seed) : _pastToRestore) is var (plan, seed)
            ? new HistoryState(plan, seed.Secret, seed.Until, [.. seed.Known.Select(p => new PersonState(p.Name, p.Phone.User, p.Lid.User))])
            : null,
        SenderKeys = SaveSenderKeys(),
        OwnSenderKeys = SaveOwnSenderKeys(),
        AppStateKeyTimestamp = _appStateKeys[0].Timestamp,
        FurtherAppStateKeys = [.. _appStateKeys.Skip(1)],
    };

    /// <summary>Restores a phone.</summary>
    /// <param name="exchange">Where it lives.</param>
    /// <param name="account">Its account.</param>
    /// <param name="state">Its saved form.</param>
    /// <param name="isComplete">
    /// Whether nothing can have happened after the state was saved. If not, message keys may have been used that the saved sessions
    /// do not know of: sessions are archived, so that nothing is encrypted with them any more.
    /// </param>
    public static PhoneEndpoint Restore(Exchange exchange, Account account, PhoneState state, bool isComplete)
    {
        var identity = new LocalIdentity(KeyPair.FromPrivateKey(state.IdentityKey), state.RegistrationId);
        var signed = new SignedPreKey(state.SignedPreKey.Id, KeyPair.FromPrivateKey(state.SignedPreKey.Key), state.SignedPreKey.Signature);
        var phone = new PhoneEndpoint(exchange, account, new Keys(
            identity, signed, [new AppStateKey(state.AppStateKeyId, state.AppStateKey, state.AppStateKeyTimestamp), .. state.FurtherAppStateKeys]))
        {
            _nextPreKeyId = state.NextPreKeyId,
        };
        foreach (var key in state.PreKeys)
        {
            phone._preKeys.Add(key.Id, new PreKey(key.Id, KeyPair.FromPrivateKey(key.Key)));
        }

        StateMapper.Restore(phone.Device.Keys, state.Keys);
        foreach (var (address, session) in state.Sessions)
        {
            var record = SessionRecord.Parse(session);
            phone._sessions.Add(address, isComplete ? record : record.Archive());
        }

        foreach (var sent in state.Sent)
        {
            phone.Remember(sent.Id, new SentMessage(Jid.Parse(sent.To), Message.Parser.ParseFrom(sent.Message), sent.IsPeer));
        }

        foreach (var message in state.Inbox)
        {
            phone.Inbox.Add(message);
        }

        foreach (var receipt in state.Receipts)
        {
            phone.Receipts.Add(receipt);
        }

        if (state.History is { } history)
            phone._pastToRestore = new(history.Plan, new HistorySeed(history.Secret, history.Until, [.. history.Known.Select(Person)]));

        phone.StartSettings();
        return phone;
    }

    private static HistoryPerson Person(PersonState state) =>
        new(state.Name, new Jid(state.Phone, JidServer.PhoneNumber), new Jid(state.Lid, JidServer.Lid));
}
