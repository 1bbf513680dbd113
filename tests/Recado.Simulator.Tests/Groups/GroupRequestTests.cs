using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Simulator.Faults;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

/// <summary>Requests of a client about groups, and what its members hear of them.</summary>
public sealed class GroupRequestTests : GroupTest
{
    [Fact]
    public async Task Create_WhenAnswered_TellsTheCreatorByItsKeyAndTheMembersOfTheGroup()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        var settings = new NewGroup
        {
            Participants = [new(Bia.Lid), new(Caio.Jid), new(new Jid("5511999999999", JidServer.PhoneNumber))],
            Key = "3EB0KEY",
            IsAnnouncement = true,
            Expiration = TimeSpan.FromDays(7),
            RequiresApproval = true,
        };

        var answer = await client.Connection.RequestAsync(id => GroupRequests.Create(id, "Friends", settings));
        var mine = GroupNotification.Parse(await client.ReceiveChangeAsync("create"));
        var theirs = GroupNotification.Parse(await other.ReceiveChangeAsync("create"));

        var info = GroupResponses.ParseInfo(answer);
        Assert.Equal([Ana.Lid, Bia.Lid, Caio.Lid], info.Participants.Where(p => p.Jid.IsLid).Select(p => p.Jid));
        Assert.Equal([GroupRole.SuperAdmin, GroupRole.Member, GroupRole.Member], info.Participants.Take(3).Select(p => p.Role));
        Assert.Equal("404", answer.RequiredChild("group").Children[^1]["error"]);
        Assert.Equal((AddressingMode.Lid, TimeSpan.FromDays(7)), (info.Addressing!.Value, info.Expiration!.Value));
        Assert.True(info is { IsAnnouncement: true, RequiresApproval: true, IsLocked: false });
        Assert.Equal(Ana.Jid, info.CreatorPhoneNumber);
        var joined = Assert.IsType<GroupJoined>(Assert.Single(mine.Changes));
        Assert.Equal(("3EB0KEY", true, 3), (joined.Key, joined.IsNew, joined.Info.Participants.Count));
        Assert.Null(Assert.IsType<GroupJoined>(Assert.Single(theirs.Changes)).Key);
        Assert.Equal((Ana.Lid, Ana.Jid, "Ana"), (theirs.Actor!.Value, theirs.ActorPhoneNumber!.Value, theirs.ActorName));
        AssertNoViolations();
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Info_WhenTheClientIsAMember_IsTheGroupByTheNamesOfItsMode(AddressingMode addressing)
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup(addressing);

        var info = GroupResponses.ParseInfo(await client.Connection.RequestAsync(id => GroupRequests.Info(id, group.Jid)));
        var list = GroupResponses.ParseList(await client.Connection.RequestAsync(GroupRequests.List));

        Assert.Equal("Friends", info.Subject);
        Assert.Equal(addressing, info.Addressing);
        Assert.Equal(addressing == AddressingMode.Lid ? [Bia.Lid, Ana.Lid, Caio.Lid] : [Bia.Jid, Ana.Jid, Caio.Jid], info.Participants.Select(p => p.Jid));
        Assert.All(info.Participants, p => Assert.True(p is { PhoneNumber: not null, Lid: not null }));
        Assert.Equal(group.Jid, Assert.Single(list).Jid);
        Assert.Equal(3, info.Size);
        AssertNoViolations();
    }

    [Fact]
    public async Task Change_WhenSeveralAreNamed_AnswersEachByItself()
    {
        await using var client = await ClientOfAsync(Ana);
        var shy = Service.AddPhone("5511900000004", "Dora");
        shy.SetPrivacy("groupadd", "none");
        var group = await CreateAsync(client, Bia);
        var unknown = new Jid("5511999999999", JidServer.PhoneNumber);

        var added = await ChangeAsync(client, group, ParticipantAction.Add, Caio.Lid, Bia.Lid, unknown, shy.Lid);
        var promoted = await ChangeAsync(client, group, ParticipantAction.Promote, Bia.Lid, Ana.Lid);
        var demoted = await ChangeAsync(client, group, ParticipantAction.Demote, Bia.Lid, Caio.Lid, Ana.Lid);
        var removed = await ChangeAsync(client, group, ParticipantAction.Remove, Bia.Lid, unknown);

        Assert.Equal([200, 409, 404, 403], added.Select(r => r.Code));
        Assert.Equal([200, 409], promoted.Select(r => r.Code));
        Assert.Equal([200, 409, 405], demoted.Select(r => r.Code));
        Assert.Equal([200, 404], removed.Select(r => r.Code));
        Assert.Equal([Ana.Lid, Caio.Lid], Service.Group(group.ToString()).Participants.Select(p => p.Jid));

        // What was sent to the one who lets nobody add her is as good as a link.
        var invite = added[3].Invite!;
        shy.AcceptInvite(group.ToString(), invite.Code, invite.ExpiresAt!.Value, Ana.PhoneNumber);
        Assert.Contains(Service.Group(group.ToString()).Participants, p => p.Jid == shy.Lid);
        AssertNoViolations();
    }

    [Fact]
    public async Task Change_WhenMembersComeAndGo_TellsEverybodyWithConsecutiveVersions()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        var group = await CreateAsync(client, Bia);
        var before = GroupResponses.ParseInfo(await client.Connection.RequestAsync(id => GroupRequests.Info(id, group))).ParticipantVersion;

        await ChangeAsync(client, group, ParticipantAction.Add, Caio.Lid);
        await ChangeAsync(client, group, ParticipantAction.Promote, Caio.Lid);
        await ChangeAsync(client, group, ParticipantAction.Remove, Bia.Lid);
        Caio.LeaveGroup(group.ToString());

        var added = await ChangeIn<ParticipantsChanged>(other, "add");
        var promoted = await ChangeIn<ParticipantsChanged>(other, "promote");
        var removed = await ChangeIn<ParticipantsChanged>(other, "remove");
        var mine = await ChangeIn<ParticipantsChanged>(client, "remove");
        var left = GroupNotification.Parse(await client.ReceiveChangeAsync("remove"));
        Assert.Equal(before, added.PreviousVersion);
        Assert.Equal(added.Version, promoted.PreviousVersion);
        Assert.Equal(promoted.Version, removed.PreviousVersion);
        Assert.Equal(removed.Version, mine.Version);
        Assert.Equal(Bia.Lid, Assert.Single(removed.Participants).Jid);
        Assert.Equal(Caio.Lid, left.Actor);
        Assert.Equal(Caio.Lid, Assert.Single(Assert.IsType<ParticipantsChanged>(left.Changes[0]).Participants).Jid);
        AssertNoViolations();
    }

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Notification_WhicheverTheMode_NamesTheActorByBothNames(AddressingMode addressing)
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup(addressing).Jid.ToString();

        Bia.ChangeGroup(group, new GroupSettings { Subject = "Named" });
        var told = GroupNotification.Parse(await client.ReceiveChangeAsync("subject"));

        Assert.Equal(addressing == AddressingMode.Lid ? Bia.Lid : Bia.Jid, told.Actor);
        Assert.Equal(addressing, told.Addressing);
        Assert.Contains((Bia.Jid, Bia.Lid), told.Mappings);
    }

    [Fact]
    public async Task Set_WhenAnAdminAsks_ChangesTheGroupAndTellsEverybody()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        var group = await CreateAsync(client, Bia);

        var codes = new List<string>
        {
            await AskAsync(client, id => GroupRequests.SetSubject(id, group, "Family")),
            await AskAsync(client, id => GroupRequests.SetDescription(id, group, "About us", "D1", previousVersion: null)),
            await AskAsync(client, id => GroupRequests.SetDescription(id, group, "Too late", "D2", previousVersion: null)),
            await AskAsync(client, id => GroupRequests.SetDescription(id, group, "About all", "D2", "D1")),
            await AskAsync(client, id => GroupRequests.SetDescription(id, group, null, "D3", "D2")),
            await AskAsync(client, id => GroupRequests.SetLocked(id, group, isLocked: true)),
            await AskAsync(client, id => GroupRequests.SetAnnouncement(id, group, isAnnouncement: true)),
            await AskAsync(client, id => GroupRequests.SetExpiration(id, group, TimeSpan.FromDays(1))),
            await AskAsync(client, id => GroupRequests.SetExpiration(id, group, TimeSpan.FromDays(2))),
            await AskAsync(client, id => GroupRequests.SetExpiration(id, group, null)),
            await AskAsync(client, id => GroupRequests.SetMemberAddMode(id, group, MemberAddMode.Admins)),
            await AskAsync(client, id => GroupRequests.SetApproval(id, group, isRequired: true)),
            await AskAsync(client, id => GroupRequests.SetSubject(id, group, new string('x', 101))),
        };

        Assert.Equal(["ok", "ok", "409", "ok", "ok", "ok", "ok", "ok", "400", "ok", "ok", "ok", "406"], codes);
        Assert.Equal(("Family", Ana.Lid), (await ChangeIn<SubjectChanged>(other, "subject")) is var named ? (named.Subject, named.By!.Value) : default);
        Assert.Equal("About us", (await ChangeIn<DescriptionChanged>(other, "description")).Text);
        Assert.Equal("D2", (await ChangeIn<DescriptionChanged>(other, "description")).Version);
        Assert.Null((await ChangeIn<DescriptionChanged>(other, "description")).Text);
        Assert.True((await ChangeIn<LockChanged>(other, "locked")).IsLocked);
        Assert.True((await ChangeIn<AnnouncementChanged>(other, "announcement")) is { IsAnnouncement: true, Version: not null });
        Assert.Equal(TimeSpan.FromDays(1), (await ChangeIn<ExpirationChanged>(other, "ephemeral")).Expiration);
        Assert.Null((await ChangeIn<ExpirationChanged>(other, "not_ephemeral")).Expiration);
        Assert.Equal(MemberAddMode.Admins, (await ChangeIn<MemberAddModeChanged>(other, "member_add_mode")).Mode);
        Assert.True((await ChangeIn<ApprovalChanged>(other, "membership_approval_mode")).IsRequired);
        AssertNoViolations();
    }

    [Fact]
    public async Task Requests_WhenNoAdminAsks_AreForbiddenAsFarAsTheGroupSays()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;

        Assert.Equal("ok", await AskAsync(client, id => GroupRequests.SetSubject(id, group, "Everybody's")));
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.SetAnnouncement(id, group, isAnnouncement: true)));
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.Change(id, group, ParticipantAction.Remove, [new(Caio.Lid)])));
        Assert.Equal("401", await AskAsync(client, id => GroupRequests.InviteCode(id, group)));
        Assert.Equal("401", await AskAsync(client, id => GroupRequests.ResetInviteCode(id, group)));
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.JoinRequests(id, group)));
        Bia.ChangeGroup(group.ToString(), new GroupSettings { IsLocked = true, MemberAddMode = MemberAddMode.Admins });
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.SetSubject(id, group, "Mine")));
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.Change(id, group, ParticipantAction.Add, [new(Caio.Lid)])));
        AssertNoViolations();
    }

    [Fact]
    public async Task Requests_WhenTheClientIsNotInTheGroup_AreForbiddenAndUnknownGroupsNotFound()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = Bia.CreateGroup("Others", [Caio.PhoneNumber]).Jid;
        var unknown = new Jid("120363000000000000", JidServer.Group);

        Assert.Equal("403", await AskAsync(client, id => GroupRequests.Info(id, group)));
        Assert.Equal("403", await AskAsync(client, id => GroupRequests.SetSubject(id, group, "Mine")));
        Assert.Equal("404", await AskAsync(client, id => GroupRequests.Info(id, unknown)));
        var left = await client.Connection.RequestAsync(id => GroupRequests.Leave(id, group, unknown));
        Assert.Equal(["403", "404"], left.RequiredChild("leave").Children.Select(g => g["error"]));
        Assert.Empty(GroupResponses.ParseList(await client.Connection.RequestAsync(GroupRequests.List)));
        AssertNoViolations();
    }

    [Theory]
    [InlineData("two children")]
    [InlineData("text for a jid")]
    [InlineData("unknown request")]
    [InlineData("unknown value")]
    [InlineData("user instead of group")]
    public async Task Requests_WhenMalformed_AreRefusedAndNoted(string mistake)
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        Node Iq(string id, string type, Jid to, params Node[] children) => new("iq", [("id", id), ("xmlns", "w:g2"), ("type", type), ("to", to)], children);

        var code = await AskAsync(client, id => mistake switch
        {
            "two children" => Iq(id, "set", group, new Node("locked"), new Node("announcement")),
            "text for a jid" => Iq(id, "set", group, Node.Of("add", new Node("participant", [("jid", Caio.Lid.ToString())]))),
            "unknown request" => Iq(id, "get", group, new Node("weather")),
            "unknown value" => Iq(id, "set", new Jid("", JidServer.Group), new Node("create", [("subject", "x")], Node.Of("member_add_mode", "nobody"))),
            _ => Iq(id, "get", Bia.Lid, new Node("query", [("request", "interactive")])),
        });

        Assert.Equal("400", code);
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Join_ByCode_EntersOrAsksAndOldCodesAreGone()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var admin = await ClientOfAsync(Bia);
        var group = Bia.CreateGroup("Open", []).Jid;
        var old = Bia.InviteCode(group.ToString());
        var code = GroupResponses.ParseInviteCode(await admin.Connection.RequestAsync(id => GroupRequests.ResetInviteCode(id, group)));

        Assert.Equal("410", await AskAsync(client, id => GroupRequests.InviteInfo(id, old)));
        Assert.Equal("410", await AskAsync(client, id => GroupRequests.Join(id, old)));
        Assert.Equal("406", await AskAsync(client, id => GroupRequests.Join(id, "nonsense")));
        var preview = GroupResponses.ParseInfo(await client.Connection.RequestAsync(id => GroupRequests.InviteInfo(id, code)));
        Assert.Equal(("Open", 1, 0), (preview.Subject, preview.Size, preview.Participants.Count));
        var joined = GroupResponses.ParseJoin(await client.Connection.RequestAsync(id => GroupRequests.Join(id, code)));
        Assert.Equal(new JoinResult(group, NeedsApproval: false), joined);
        Assert.Equal("409", await AskAsync(client, id => GroupRequests.Join(id, code)));
        var told = await admin.ReceiveChangeAsync("add");
        Assert.Equal(("invite", Ana.Lid), (told.RequiredChild("add")["reason"], told.RequiredJid("participant")));
        AssertNoViolations();
    }

    [Fact]
    public async Task Join_WhenAdminsDecide_WaitsForThem()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var admin = await ClientOfAsync(Bia);
        var group = Bia.CreateGroup("Closed", [], settings: new NewGroup { RequiresApproval = true }).Jid;
        var code = Bia.InviteCode(group.ToString());

        var joined = GroupResponses.ParseJoin(await client.Connection.RequestAsync(id => GroupRequests.Join(id, code)));
        Caio.JoinGroup(code);
        var asked = await ChangeIn<JoinRequested>(admin, "created_membership_requests");
        var waiting = GroupResponses.ParseJoinRequests(await admin.Connection.RequestAsync(id => GroupRequests.JoinRequests(id, group)));
        var approved = GroupResponses.ParseDecision(
            await admin.Connection.RequestAsync(id => GroupRequests.DecideJoinRequests(id, group, approve: true, [Ana.Lid, Bia.Lid])), approve: true);
        var rejected = GroupResponses.ParseDecision(
            await admin.Connection.RequestAsync(id => GroupRequests.DecideJoinRequests(id, group, approve: false, [Caio.Lid])), approve: false);
        var mine = Assert.IsType<GroupJoined>(GroupNotification.Parse(await client.ReceiveChangeAsync("create")).Changes[0]);
        var ended = await ChangeIn<JoinRequestEnded>(admin, "revoked_membership_requests");

        Assert.True(joined.NeedsApproval);
        Assert.Equal((Ana.Lid, "invite_link"), (Assert.Single(asked.Users), asked.Method));
        Assert.Equal([Ana.Lid, Caio.Lid], waiting.Select(w => w.Jid));
        Assert.Equal([200, 404], approved.Select(r => r.Code));
        Assert.Equal([200], rejected.Select(r => r.Code));
        Assert.Equal(2, mine.Info.Participants.Count);
        Assert.Equal(Caio.Lid, Assert.Single(ended.Users));
        AssertNoViolations();
    }

    [Fact]
    public async Task Accept_WhenTheInvitationIsWrongTakenBackOrTheClientAMember_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);
        Ana.SetPrivacy("groupadd", "contacts");
        var group = Bia.CreateGroup("Invited", []);
        var invite = Assert.Single(Bia.ChangeMembers(group.Jid.ToString(), ParticipantAction.Add, Ana.PhoneNumber)).Invite!;
        Task<string> AcceptAsync(string code, Jid admin) =>
            AskAsync(client, id => GroupRequests.AcceptInvite(id, group.Jid, code, invite.ExpiresAt!.Value, admin));

        Assert.Equal("406", await AcceptAsync("nonsense", Bia.Lid));
        Assert.Equal("406", await AcceptAsync(invite.Code, Caio.Lid));
        Assert.Equal("ok", await AcceptAsync(invite.Code, Bia.Jid));
        Assert.Equal("409", await AcceptAsync(invite.Code, Bia.Lid));
        Ana.LeaveGroup(group.Jid.ToString());
        var second = Assert.Single(Bia.ChangeMembers(group.Jid.ToString(), ParticipantAction.Add, Ana.PhoneNumber)).Invite!;
        await using var admin = await ClientOfAsync(Bia);
        Assert.Equal("ok", await AskAsync(admin, id => GroupRequests.RevokeInvite(id, group.Jid, Ana.Lid)));
        Assert.Equal("406", await AcceptAsync(second.Code, Bia.Lid));
        Assert.False(Bia.RevokeInvite(group.Jid.ToString(), Ana.PhoneNumber));
        AssertNoViolations();
    }

    [Fact]
    public async Task Notification_WhenNotAcked_ComesAgainAfterTheNextLogin()
    {
        var device = new RawDevice();
        await RawClient.PairAsync(Service, Ana, device, Ct);
        await using (var first = await RawClient.LogInAsync(Service, device, Ct))
        {
            _ = NewGroup();
            await first.Connection.ReceiveAsync(n => n["type"] == "w:gp2");
        }

        await using (var second = await RawClient.LogInAsync(Service, device, Ct))
            Assert.NotNull((await second.ReceiveChangeAsync("create"))["offline"]);

        await using var third = await RawClient.LogInAsync(Service, device, Ct);
        var preview = await third.Connection.ReceiveAsync(n => n.Child("offline_preview") is not null);
        Assert.Equal("0", preview.RequiredChild("offline_preview")["notification"]);
    }

    [Fact]
    public async Task Request_WhenThereIsAFaultForIt_IsRefusedAsTooMany()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        Service.Faults.Add(new Fault(FaultKind.RefuseIq));

        Assert.Equal("429", await AskAsync(client, id => GroupRequests.Info(id, group)));
        Assert.Equal("ok", await AskAsync(client, id => GroupRequests.Info(id, group)));
    }

    private static async Task<string> AskAsync(RawClient client, Func<string, Node> request) => CodeOf(await client.Connection.RequestAsync(request));

    private static async Task<Jid> CreateAsync(RawClient client, params SimulatedPhone[] members)
    {
        var group = new NewGroup { Participants = [.. members.Select(m => new GroupParticipant(m.Lid, PhoneNumber: m.Jid))] };
        return GroupResponses.ParseInfo(await client.Connection.RequestAsync(id => GroupRequests.Create(id, "Ours", group))).Jid;
    }

    private static async Task<IReadOnlyList<ParticipantResult>> ChangeAsync(RawClient client, Jid group, ParticipantAction action, params Jid[] members) =>
        GroupResponses.ParseResults(
            await client.Connection.RequestAsync(id => GroupRequests.Change(id, group, action, members.Select(m => new GroupParticipant(m)))), action);

    private static async Task<T> ChangeIn<T>(RawClient client, string change)
        where T : GroupChange => Assert.IsType<T>(Assert.Single(GroupNotification.Parse(await client.ReceiveChangeAsync(change)).Changes));
}
