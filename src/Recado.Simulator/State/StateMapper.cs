using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Simulator.Accounts;
using Recado.Simulator.Phones;
using Recado.Simulator.Service;

namespace Recado.Simulator.State;

/// <summary>Accounts and devices to their saved form and back.</summary>
internal static class StateMapper
{
    public static AccountState Save(Account account) => new(
        account.Phone, account.Lid, account.Name, account.RawId, account.LastDevice, account.LastKeyIndex, [.. account.Contacts],
        account.IssuedTokens.ToDictionary(t => t.Key, t => new TokenState(t.Value.Value, t.Value.Timestamp)),
        account.Endpoint.Save(), [.. account.Companions.Select(Save)])
    {
        Profile = Save(account.Profile),
        Settings = account.Settings.ToDictionary(
            s => s.Key.ToName(), s => (IReadOnlyList<byte[]>)[.. s.Value.Patches.Select(patch => patch.ToByteArray())]),
    };

    /// <summary>Restores an account with its phone.</summary>
    /// <param name="exchange">Where it lives.</param>
    /// <param name="state">Its saved form.</param>
    /// <param name="isComplete">Whether nothing can have happened after the state was saved.</param>
    public static Account Restore(Exchange exchange, AccountState state, bool isComplete)
    {
        var account = new Account(state.Phone, state.Lid, state.Name, state.RawId)
        {
            LastDevice = state.LastDevice,
            LastKeyIndex = state.LastKeyIndex,
        };
        account.Contacts.UnionWith(state.Contacts);
        foreach (var (phone, token) in state.Tokens)
        {
            account.IssuedTokens[phone] = new PrivacyToken(token.Value, token.Timestamp);
        }

        if (state.Profile is { } profile)
            Restore(account.Profile, profile);

        foreach (var (name, patches) in state.Settings)
        {
            if (AppStateCollectionNames.TryParse(name) is not { } collection)
                continue;

            foreach (var patch in patches)
            {
                account.Settings[collection].Add(AppStateReader.ParsePatch(patch));
            }
        }

        var endpoint = PhoneEndpoint.Restore(exchange, account, state.Endpoint, isComplete);
        foreach (var companion in state.Companions)
        {
            account.Devices.Add(companion.Number, Restore(account, companion));
        }

        endpoint.PublishDevices();
        return account;
    }

    public static PublicKeysState Save(PublicKeys keys) => new(
        keys.Current is { } c ? new SignedKeyState(c.Id, c.PublicKey, c.Signature) : null,
        [.. keys.SignedIds], [.. keys.Stock.Select(k => new KeyState(k.Id, k.PublicKey))],
        keys.Given.ToDictionary(g => g.Key, g => new GivenState(g.Value.Receiver, g.Value.BaseKey)));

    public static void Restore(PublicKeys keys, PublicKeysState state)
    {
        if (state.Current is { } current)
            keys.Rotate(new PublicSignedPreKey(current.Id, current.Key, current.Signature));

        keys.SignedIds.UnionWith(state.SignedIds);
        foreach (var key in state.Stock)
        {
            keys.Add(new PublicPreKey(key.Id, key.Key));
        }

        foreach (var (id, given) in state.Given)
        {
            keys.HandOut(id, given.Receiver, given.BaseKey);
        }
    }

    public static PictureState? Save(ProfilePicture? picture) => picture is null ? null : new PictureState(picture.Id, picture.Key, picture.Jpeg);

    public static ProfilePicture? Restore(PictureState? state) => state is null ? null : new ProfilePicture(state.Id, state.Key, state.Jpeg);

    private static ProfileState Save(Profile profile) => new(
        profile.About, profile.AboutSince, Save(profile.Picture), profile.Business,
        profile.Privacy.ToDictionary(), [.. profile.Blocked], profile.DefaultTimer, profile.DefaultTimerSince);

    private static void Restore(Profile profile, ProfileState state)
    {
        (profile.About, profile.AboutSince, profile.Business) = (state.About, state.AboutSince, state.Business);
        profile.Picture = Restore(state.Picture);
        (profile.DefaultTimer, profile.DefaultTimerSince) = (state.DefaultTimer, state.DefaultTimerSince);
        profile.Blocked.UnionWith(state.Blocked);
        foreach (var (name, value) in state.Privacy)
        {
            profile.Privacy[name] = value;
        }
    }

    private static DeviceState Save(Device device) => new(
        device.Number, device.KeyIndex, device.NoiseKey, device.IdentityKey, device.RegistrationId, device.SignedIdentity, device.Label,
        device.InitialSyncDone, device.DirtySince, Save(device.Keys), [.. device.Queue.Stanzas.Select(NodeCodec.Encode)])
    {
        RequiresFullHistory = device.RequiresFullHistory,
        TakesInlineHistory = device.TakesInlineHistory,
    };

    private static Device Restore(Account account, DeviceState state)
    {
        var device = new Device(account, state.Number)
        {
            KeyIndex = state.KeyIndex,
            NoiseKey = state.NoiseKey,
            IdentityKey = state.IdentityKey,
            RegistrationId = state.RegistrationId,
            SignedIdentity = state.SignedIdentity,
            Label = state.Label,
            InitialSyncDone = state.InitialSyncDone,
            DirtySince = state.DirtySince,
            RequiresFullHistory = state.RequiresFullHistory,
            TakesInlineHistory = state.TakesInlineHistory,
        };
        Restore(device.Keys, state.Keys);
        foreach (var stanza in state.Queue)
        {
            device.Queue.Add(NodeCodec.Decode(stanza));
        }

        return device;
    }
}
