using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Protocol.Presence;
using Recado.Simulator.Accounts;
using Recado.Simulator.Phones;

namespace Recado.Simulator;

/// <summary>What the phone's owner does besides writing messages: coming and going, typing, calling, changing the profile.</summary>
public sealed partial class SimulatedPhone
{
    /// <summary>What others were seen typing, oldest first; the last 5,000.</summary>
    public IReadOnlyList<PhoneChatState> ChatStates => _endpoint.ChatStates.Items;

    /// <summary>Who was seen coming and going, oldest first; the last 5,000.</summary>
    public IReadOnlyList<PhonePresence> Presences => _endpoint.Presences.Items;

    /// <summary>News of calls from and to the phone, oldest first; the last 5,000.</summary>
    public IReadOnlyList<PhoneCall> Calls => _endpoint.Calls.Items;

    /// <summary>What the account's settings say of whom it blocks: numbers.</summary>
    public IReadOnlyList<string> Blocked => _exchange.Read(() => (IReadOnlyList<string>)[.. _endpoint.Account.Profile.Blocked]);

    /// <summary>The about text.</summary>
    public string About => _exchange.Read(() => _endpoint.Account.Profile.About);

    /// <summary>The picture, a JPEG; <see langword="null"/> when there is none.</summary>
    public ReadOnlyMemory<byte>? Picture => _exchange.Read(() => _endpoint.Account.Profile.Picture?.Jpeg is { } jpeg ? jpeg : (ReadOnlyMemory<byte>?)null);

    /// <summary>The privacy settings.</summary>
    public IReadOnlyDictionary<string, string> Privacy => _exchange.Read(() => _endpoint.Account.Profile.Privacy.ToDictionary());

    /// <summary>Opens or closes WhatsApp on the phone.</summary>
    public void SetAvailable(bool isAvailable) =>
        _exchange.Run(() => _exchange.Presences.Take(_endpoint.Device, PresenceStanzas.Own(isAvailable, Name)));

    /// <summary>Looks at somebody's presence from now on.</summary>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public void Watch(string to) => _exchange.Run(() =>
        _exchange.Presences.Take(_endpoint.Device, PresenceStanzas.Subscribe(_exchange.NewId(), _endpoint.Resolve(to))));

    /// <summary>Types, records or stops.</summary>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public void Type(string to, ChatState state) =>
        _exchange.Run(() => _exchange.Presences.TakeChatState(_endpoint.Device, PresenceStanzas.Chat(_endpoint.Resolve(to), state)));

    /// <summary>Calls somebody.</summary>
    /// <param name="to">A number or JID.</param>
    /// <param name="isVideo">Whether it is a video call.</param>
    /// <param name="group">JID of the group when it is a group call.</param>
    /// <returns>The id of the call.</returns>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public string Call(string to, bool isVideo = false, Protocol.Jid? group = null) => _exchange.Run(() => _endpoint.Call(_endpoint.Resolve(to), isVideo, group));

    /// <summary>Takes a call that rings; linked devices stop ringing.</summary>
    /// <exception cref="SimulatorException">There is no such call.</exception>
    public void AcceptCall(string callId) => _exchange.Run(() => _endpoint.SignalCall("accept", callId, reason: null));

    /// <summary>Rejects a call that rings; linked devices stop ringing.</summary>
    /// <exception cref="SimulatorException">There is no such call.</exception>
    public void RejectCall(string callId) => _exchange.Run(() => _endpoint.SignalCall("reject", callId, reason: null));

    /// <summary>Ends a call, or gives it up.</summary>
    /// <param name="callId">The call.</param>
    /// <param name="reason">Such as <c>timeout</c>, when nobody took it.</param>
    /// <exception cref="SimulatorException">There is no such call.</exception>
    public void EndCall(string callId, string? reason = null) => _exchange.Run(() => _endpoint.SignalCall("terminate", callId, reason));

    /// <summary>The address book: names by JID.</summary>
    public IReadOnlyDictionary<string, string> ContactNames =>
        _exchange.Read(() => (IReadOnlyDictionary<string, string>)_endpoint.ContactNames.ToDictionary());

    /// <summary>Sets the push name, in the account's settings.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public void SetName(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        _exchange.Run(() => _endpoint.Change(AppStateChange.SetPushName(name, _exchange.Now)));
    }

    /// <summary>Puts somebody into the address book under a name, or takes them out of it.</summary>
    /// <param name="number">Their number; whether it has WhatsApp or not.</param>
    /// <param name="name">The name; <see langword="null"/> to take them out.</param>
    /// <exception cref="SimulatorException">The number is none.</exception>
    public void SetContactName(string number, string? name)
    {
        ArgumentNullException.ThrowIfNull(number);
        if (!Jid.TryParse($"{number.TrimStart('+')}@s.whatsapp.net", out var jid))
            throw new SimulatorException("A contact has a phone number.");

        _exchange.Run(() => _endpoint.Change(string.IsNullOrWhiteSpace(name)
            ? AppStateChange.RemoveContact(jid, _exchange.Now)
            : AppStateChange.SetContact(jid, _exchange.Accounts.ByPhone(jid.User)?.LidJid, name, _exchange.Now)));
    }

    /// <summary>Makes a new key for the settings, which companions do not have until they ask for it.</summary>
    public void RotateSettingsKey() => _exchange.Run(_endpoint.RotateAppStateKey);

    /// <summary>Sets the about text.</summary>
    /// <exception cref="SimulatorException">It has more than 139 characters.</exception>
    public void SetAbout(string text) => _exchange.Run(() => Demand(
        _exchange.Profiles.SetAbout(_endpoint.Account, author: null, text), "An about text has 139 characters at most."));

    /// <summary>Sets the picture, or takes it away.</summary>
    /// <param name="jpeg">A square JPEG of 64 to 640 pixels.</param>
    /// <exception cref="SimulatorException">It is none.</exception>
    public void SetPicture(byte[]? jpeg) => _exchange.Run(() => Demand(
        _exchange.Pictures.Set(_endpoint.Account, author: null, jpeg), "A picture is a square JPEG of 64 to 640 pixels."));

    /// <summary>Makes the account a business, or a private one again.</summary>
    public void SetBusiness(BusinessCard? card) => _exchange.Run(() => _endpoint.Account.Profile.Business = card);

    /// <summary>Changes a privacy setting.</summary>
    /// <exception cref="SimulatorException">There is no such setting, or it has no such value.</exception>
    public void SetPrivacy(string name, string value) => _exchange.Run(() => Demand(
        _exchange.Privacy.Set(_endpoint.Account, author: null, name, value), $"There is no privacy setting '{name}' with a value '{value}'."));

    /// <summary>Blocks somebody, or lets them through again.</summary>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public void SetBlocked(string other, bool isBlocked) => _exchange.Run(() =>
        _exchange.Blocks.Change(_endpoint.Account, author: null, _exchange.Accounts.Find(_endpoint.Resolve(other))!, isBlocked));

    /// <summary>Gives somebody a token by which they see what is shown to contacts only.</summary>
    /// <exception cref="SimulatorException">Nobody has the number or JID.</exception>
    public void Trust(string other) => _exchange.Run(() =>
        _exchange.Privacy.IssueToken(_endpoint.Account, _exchange.Accounts.Find(_endpoint.Resolve(other))!, _exchange.Now.ToUnixTimeSeconds()));

    /// <summary>Waits for somebody to type, past or to come.</summary>
    public Task<PhoneChatState> WaitForChatStateAsync(Func<PhoneChatState, bool> predicate, CancellationToken ct) =>
        _endpoint.ChatStates.WaitForAsync(predicate, ct);

    /// <summary>Waits for somebody to come or go, past or to come.</summary>
    public Task<PhonePresence> WaitForPresenceAsync(Func<PhonePresence, bool> predicate, CancellationToken ct) =>
        _endpoint.Presences.WaitForAsync(predicate, ct);

    /// <summary>Waits for news of a call, past or to come.</summary>
    public Task<PhoneCall> WaitForCallAsync(Func<PhoneCall, bool> predicate, CancellationToken ct) => _endpoint.Calls.WaitForAsync(predicate, ct);

    private static void Demand(bool isTaken, string sentence)
    {
        if (!isTaken)
            throw new SimulatorException(sentence);
    }
}
