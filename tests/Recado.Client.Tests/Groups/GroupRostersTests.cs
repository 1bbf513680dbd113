using Microsoft.Extensions.Time.Testing;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;

namespace Recado.Client.Tests.Groups;

public sealed class GroupRostersTests
{
    private static readonly Jid Group = Jid.Parse("120363000000000001@g.us");
    private static readonly Jid Self = Jid.Parse("111:3@lid");
    private static readonly Jid Member = Jid.Parse("222@lid");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly DeviceState _state = new(new InMemoryDeviceStore(), new EventStream(16, _ => ValueTask.CompletedTask));
    private readonly GroupDirectory _directory;
    private readonly GroupRosters _rosters;

    public GroupRostersTests()
    {
        var own = new OwnDevice();
        own.Use(Credentials.Create(RandomSource.System, _time) with { PhoneNumber = Jid.Parse("5511900000001:3@s.whatsapp.net"), Lid = Self });
        _directory = new(_state);
        _rosters = new(_state, own, _directory, new DeviceLists(_state, _time), new ClientOptions { Time = _time });
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Find_WhenAMemberHasAHostedDevice_LeavesItOutAndOurselvesIn()
    {
        await KnowAsync(Member, Member.WithDevice(4), new Jid("222", JidServer.HostedLid, 99));

        var roster = await FindAsync();

        Assert.Equal([Self.ToUser(), Self, Member, Member.WithDevice(4)], roster.Devices.OrderBy(device => device.User).ThenBy(device => device.Device));
        Assert.Equal(ParticipantHash.Compute(roster.Devices), roster.DeviceHash);
    }

    [Fact]
    public async Task Find_WhenNothingHasChanged_IsTheSame()
    {
        await KnowAsync(Member);

        Assert.Same(await FindAsync(), await FindAsync());
    }

    [Fact]
    public async Task Find_WhenDevicesHaveChanged_IsMadeAnew()
    {
        await KnowAsync(Member);
        var before = await FindAsync();

        using (var device = await _state.BeginAsync(Ct))
        {
            DeviceLists.Write(device, new(Member, _time.GetUtcNow(), [Member, Member.WithDevice(5)]));
            device.Publish();
        }

        Assert.False(_rosters.IsCurrent(before));
        Assert.Contains(Member.WithDevice(5), (await FindAsync()).Devices);
    }

    [Fact]
    public async Task Find_WhenTheGroupHasChanged_IsMadeAnew()
    {
        await KnowAsync(Member);
        var before = await FindAsync();

        using (var device = await _state.BeginAsync(Ct))
        {
            await _directory.PutAsync(device, before.Info with { Participants = [before.Info.Participants[0]] }, Ct);
            device.Publish();
        }

        Assert.DoesNotContain(Member, (await FindAsync()).Devices);
    }

    [Fact]
    public async Task IsCurrent_WhenTheDeviceListsAreADayOld_IsFalse()
    {
        await KnowAsync(Member);
        var roster = await FindAsync();

        _time.Advance(TimeSpan.FromDays(1));

        Assert.False(_rosters.IsCurrent(roster));
    }

    private async Task<GroupRoster> FindAsync() => (await _rosters.FindAsync(connection: null!, Group, Ct))!; // everything is known: nobody is asked

    private async Task KnowAsync(params Jid[] devices)
    {
        using var device = await _state.BeginAsync(Ct);
        DeviceLists.Write(device, new(Member, _time.GetUtcNow(), devices));
        DeviceLists.Write(device, new(Self.ToUser(), _time.GetUtcNow(), [Self.ToUser(), Self]));
        GroupParticipant[] members = [new(Self.ToUser()), new(Member)];
        await _directory.PutAsync(device, new(Group, "Team", members) { Addressing = AddressingMode.Lid }, Ct);
        device.Publish();
    }
}
