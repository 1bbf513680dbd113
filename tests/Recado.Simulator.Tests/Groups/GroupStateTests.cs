using System.Text.Json.Nodes;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

/// <summary>Groups and sender keys in the state file.</summary>
public sealed class GroupStateTests : IDisposable
{
    private const string Ana = "5511900000001", Bia = "5511900000002", Caio = "5511900000003";

    private readonly string _folder = Directory.CreateTempSubdirectory("recado-simulator-").FullName;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string StateFile => Path.Combine(_folder, "simulator.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_WhenStoppedBefore_KnowsItsGroupsAndWhatWasOpenInThem()
    {
        GroupInfo before;
        string old;
        ParticipantInvite invite;
        await using (var service = await StartAsync(StateFile))
        {
            var (ana, bia, caio) = (service.AddPhone(Ana), service.AddPhone(Bia), service.AddPhone(Caio));
            caio.SetPrivacy("groupadd", "none");
            var group = bia.CreateGroup("Friends", [Ana], AddressingMode.PhoneNumber).Jid.ToString();
            bia.ChangeGroup(group, new GroupSettings
            {
                Description = "About us",
                IsAnnouncement = true,
                IsLocked = true,
                Expiration = TimeSpan.FromDays(90),
                MemberAddMode = MemberAddMode.Admins,
                RequiresApproval = true,
            });
            bia.ChangeMembers(group, ParticipantAction.Promote, Ana);
            old = ana.InviteCode(group);
            service.AddPhone("5511900000004").JoinGroup(ana.ResetInviteCode(group));
            invite = Assert.Single(bia.ChangeMembers(group, ParticipantAction.Add, Caio)).Invite!;
            before = service.Group(group);
        }

        await using var again = await StartAsync(StateFile);

        var after = Assert.Single(again.Groups);
        Assert.Equal(before with { Participants = [] }, after with { Participants = [] });
        Assert.Equal(before.Participants, after.Participants);
        Assert.Contains("410", Assert.Throws<SimulatorException>(() => again.Phone(Caio).JoinGroup(old)).Message, StringComparison.Ordinal);
        Assert.Equal("5511900000004", Assert.Single(again.Phone(Bia).JoinRequests(after.Jid.ToString())).Jid.User);
        again.Phone(Caio).AcceptInvite(after.Jid.ToString(), invite.Code, invite.ExpiresAt!.Value, Bia);
        Assert.Equal(3, again.Group(after.Jid.ToString()).Participants.Count);
        Assert.Empty(again.Trace.Violations);
    }

    [Fact]
    public async Task Start_WhenStoppedBefore_GoesOnUnderTheSameSenderKeys()
    {
        var device = new RawDevice();
        var group = default(Jid);
        RawClient first;
        await using (var service = await StartAsync(StateFile))
        {
            (group, first) = await ReadyAsync(service, device);
            await WriteBothWaysAsync(service, first, group, "before", given: true);
            await first.DisposeAsync();
        }

        await using var again = await StartAsync(StateFile);
        await using var client = await RawClient.LogInAsync(again, device, Ct);
        client.TakeKeysOf(first);
        await WriteBothWaysAsync(again, client, group, "after", given: false);

        Assert.Equal(["before", "after"], again.Phone(Bia).Inbox.Where(m => !m.FromMe).Select(m => m.Text));
        Assert.Empty(again.Trace.Violations);
    }

    [Fact]
    public async Task Start_WhenTheLastStopWasACrash_MakesNewSenderKeysAndAsksNobodyForOldOnes()
    {
        var device = new RawDevice();
        await using var service = await StartAsync(StateFile);
        var (group, first) = await ReadyAsync(service, device);
        await WriteBothWaysAsync(service, first, group, "before", given: true);

        // Adding an account writes the state at once; what follows is what a crash takes away.
        service.AddPhone("5511900000009");
        var crashed = Path.Combine(_folder, "crashed.json");
        File.Copy(StateFile, crashed);
        await service.Phone(Bia).SendTextAsync(group.ToString(), "lost", Ct);
        await first.DisposeAsync();
        await service.DisposeAsync();

        await using var again = await StartAsync(crashed);
        await using var client = await RawClient.LogInAsync(again, device, Ct);
        client.TakeKeysOf(first);
        await client.Connection.ReceiveAsync(n => n.Child("offline") is not null);
        var ack = await client.SendAsync(client.GroupText(group, "from the client", DevicesOf(again)));
        await again.Phone(Bia).SendTextAsync(group.ToString(), "from the phone", Ct);
        var message = await client.ReceiveGroupMessageAsync();

        Assert.Null(ack["error"]);
        Assert.Equal(2, message.ChildrenOf("enc").Count());
        Assert.Equal("from the phone", client.DecryptShared(message).Conversation);
        Assert.Empty(again.Trace.Violations);
    }

    [Fact]
    public async Task Start_WithAStateOfTheTimeBeforeGroups_HasNone()
    {
        await using (var service = await StartAsync(StateFile))
            service.AddPhone(Ana).CreateGroup("Soon forgotten", []);

        var state = JsonNode.Parse(await File.ReadAllTextAsync(StateFile, Ct))!.AsObject();
        foreach (var name in new[] { "groups", "revokedCodes", "statusKeys" })
        {
            Assert.True(state.Remove(name));
        }

        var account = state["accounts"]![0]!.AsObject();
        Assert.True(account["endpoint"]!.AsObject().Remove("senderKeys"));
        Assert.True(account["endpoint"]!.AsObject().Remove("ownSenderKeys"));
        await File.WriteAllTextAsync(StateFile, state.ToJsonString(), Ct);

        await using var again = await StartAsync(StateFile);

        Assert.Empty(again.Groups);
        var group = again.AddPhone(Bia).CreateGroup("New", [Ana]);
        Assert.Equal(2, group.Participants.Count);
    }

    private static async Task<(Jid Group, RawClient Client)> ReadyAsync(SimulatedService service, RawDevice device)
    {
        var (ana, bia) = (service.AddPhone(Ana, "Ana"), service.AddPhone(Bia, "Bia"));
        var group = bia.CreateGroup("Friends", [Ana]).Jid;
        await RawClient.PairAsync(service, ana, device, Ct);
        var client = await RawClient.LogInAsync(service, device, Ct);
        await client.FetchBundlesAsync(ana.Lid, bia.Lid);
        return (group, client);
    }

    private static async Task WriteBothWaysAsync(SimulatedService service, RawClient client, Jid group, string text, bool given)
    {
        var all = DevicesOf(service);
        var ack = await client.SendAsync(client.GroupText(group, text, all, given ? [.. all.Where(d => d.Device == 0)] : []));
        Assert.Null(ack["error"]);
        var id = await service.Phone(Bia).SendTextAsync(group.ToString(), text, Ct);
        var message = await client.Connection.ReceiveAsync(n => n["id"] == id);
        Assert.Equal(given ? 2 : 1, message.ChildrenOf("enc").Count());
        Assert.Equal(text, client.DecryptShared(message).Conversation);
        await client.SettleAsync(message);
    }

    private static IReadOnlyList<Jid> DevicesOf(SimulatedService service) =>
        [service.Phone(Ana).Lid, service.Phone(Ana).Lid.WithDevice(1), service.Phone(Bia).Lid];

    private static Task<SimulatedService> StartAsync(string file) => SimulatedService.StartAsync(new SimulatorOptions { StateFile = file }, Ct);
}
