using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Client.Tests.Contacts;

public sealed class LidMapTests
{
    private static readonly Jid Phone = Jid.Parse("5511999990000@s.whatsapp.net");
    private static readonly Jid Lid = Jid.Parse("222@lid");

    private readonly InMemoryDeviceStore _store = new();
    private readonly DeviceState _state;

    public LidMapTests() => _state = new(_store, new EventStream(16, _ => ValueTask.CompletedTask));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Learn_WhenNew_AnswersInBothDirectionsAndTellsOnce()
    {
        using var device = await _state.BeginAsync(Ct);

        await device.LearnAsync(Lid, Phone, Ct);
        await device.LearnAsync(Phone.WithDevice(3), Lid.WithDevice(3), Ct);

        Assert.Equal(Lid, await device.LidOfAsync(Phone, Ct));
        Assert.Equal(Phone, await device.PhoneNumberOfAsync(Lid, Ct));
        Assert.Equal([new IdentityMapped(Phone, Lid)], device.Events);
    }

    [Fact]
    public async Task Learn_WhenThePhoneNumberHasAnotherLid_ReplacesIt()
    {
        var newer = Jid.Parse("333@lid");
        using var device = await _state.BeginAsync(Ct);
        await device.LearnAsync(Phone, Lid, Ct);

        await device.LearnAsync(Phone, newer, Ct);

        Assert.Equal(newer, await device.LidOfAsync(Phone, Ct));
        Assert.Null(await device.PhoneNumberOfAsync(Lid, Ct));
    }

    [Fact]
    public async Task Learn_WhenSessionsExistUnderThePhoneNumber_MovesThemAndKeepsAWorkingOneInFront()
    {
        var (byPhone, byLid) = (NewSession(), NewSession());
        await StoreAsync((Phone, byPhone), (Phone.WithDevice(2), byPhone), (Lid, byLid));
        using var device = await _state.BeginAsync(Ct);

        await device.LearnAsync(Phone, Lid, Ct);

        var primary = await device.ReadAsync(Keys.Session(Lid.ToSignalAddress()), LidMap.Session, Ct);
        var companion = await device.ReadAsync(Keys.Session(Lid.WithDevice(2).ToSignalAddress()), LidMap.Session, Ct);
        Assert.Equal(byLid.BaseKey, primary!.BaseKey);
        Assert.Equal(byPhone.BaseKey, companion!.BaseKey);
        Assert.Empty(await device.ListAsync(DeviceRecordKind.Session, $"{Phone.User}:", Ct));
    }

    [Fact]
    public async Task AddressOf_WhenAnOldSessionTurnsUp_MovesItThen()
    {
        using var device = await _state.BeginAsync(Ct);
        await device.LearnAsync(Phone, Lid, Ct);
        await StoreAsync((Phone.WithDevice(4), NewSession()));

        var address = await device.AddressOfAsync(Phone.WithDevice(4), Ct);

        Assert.Equal(Lid.WithDevice(4).ToSignalAddress(), address);
        Assert.NotNull(await device.ReadAsync(Keys.Session(address), Ct));
    }

    private async Task StoreAsync(params (Jid Device, SessionRecord Session)[] sessions)
    {
        var changes = new DeviceChanges();
        foreach (var (jid, session) in sessions)
            changes.Put(new(Keys.Session(jid.ToSignalAddress()), session.Serialize()));
        await _store.CommitAsync(changes, Ct);
    }

    private static SessionRecord NewSession()
    {
        var random = RandomSource.System;
        var (local, remote) = (LocalIdentity.Generate(random), LocalIdentity.Generate(random));
        var signed = SignedPreKey.Create(1, remote.KeyPair, random);
        return SessionCipher.Start(
            null,
            local,
            new(remote.RegistrationId, remote.KeyPair.PublicKey, null, null, signed.Id, signed.KeyPair.PublicKey, signed.Signature),
            random);
    }
}
