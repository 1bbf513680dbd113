using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Tests.Sessions;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

public sealed class GroupClientTests : GroupTests
{
    private GroupClient Groups => _session.Client.Groups;

    [Fact]
    public async Task Create_WithUsersByPhoneNumber_MakesTheGroupWithUsInIt()
    {
        _carla = _service.AddPhone(Carla, "Carla");
        var nobody = Jid.Parse("5511999999999@s.whatsapp.net");

        var made = await Groups.CreateAsync("Ours", Having(_bruno.Jid, _carla.Jid, nobody), Ct);

        Assert.Equal(("Ours", _ana.Lid), (made.Info.Subject, made.Info.Creator));
        Assert.Equal(Lids(_ana, _bruno, _carla), made.Info.Participants.Select(member => member.Lid!.Value).Order(ByText));
        Assert.All(made.Info.Participants, member => Assert.NotNull(member.PhoneNumber));
        Assert.Equal(404, Assert.Single(made.Participants, result => !result.IsDone).Code);
        var (told, joined) = await ChangedAsync<GroupJoined>(made.Info.Jid);
        Assert.Equal((_ana.Lid, _ana.Jid), (told.Actor, told.ActorPhoneNumber));
        Assert.NotNull(joined.Key);
        Assert.Equal("olá", (await _bruno.WaitForMessageAsync(Is(await SendAsync(made.Info.Jid, "olá")), Ct)).Text);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Get_WhenAskedForAgain_AnswersFromWhatIsKnown()
    {
        var group = NewGroup();
        await ChangedAsync<GroupJoined>(group);

        var infos = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Groups.GetAsync(group, Ct)));

        Assert.All(infos, info => Assert.Equal("Team", info.Subject));
        Assert.Equal(Lids(_ana, _bruno, _carla), infos[0].Participants.Select(member => member.Jid).Order(ByText));
        Assert.Equal(0, Questions("query"));
    }

    [Fact]
    public async Task Get_WhenManyAskAtOnce_AsksTheServiceOnce()
    {
        var group = NewGroup();
        await ChangedAsync<GroupJoined>(group);
        await _service.Trace.WaitForAsync( // the first listing, which follows on linking
            entry => entry is StanzaEntry { Direction: TraceDirection.ToClient, Node: var answer } && answer.Child("groups") is not null, Ct);
        _service.Faults.Add(new Fault(FaultKind.RefuseIq, Phone: Ana, Xmlns: "w:g2")); // the listing anew, so that nothing is known
        await _service.SendStanzaAsync(new Node("ib", [("from", Jid.Service)], new Node("dirty", [("type", "groups"), ("timestamp", "1767225600")])), Ana);
        await _service.Trace.WaitForAsync(
            entry => entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: var iq } && iq.Child("clean")?["type"] == "groups", Ct);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Groups.GetAsync(group, Ct)));

        Assert.Equal(1, Questions("query"));
    }

    [Fact]
    public async Task Get_WhenWeAreNotInIt_IsRefused()
    {
        _carla = _service.AddPhone(Carla, "Carla");
        var others = _bruno.CreateGroup("Others", [Carla]).Jid;

        Assert.Equal(403, (await Assert.ThrowsAsync<RequestRefusedException>(() => Groups.GetAsync(others, Ct))).Code);
        var none = Jid.Parse("120363000000000000@g.us");
        Assert.Equal(404, (await Assert.ThrowsAsync<RequestRefusedException>(() => Groups.GetAsync(none, Ct))).Code);
        await Assert.ThrowsAsync<ArgumentException>(() => Groups.GetAsync(_bruno.Lid, Ct));
    }

    [Fact]
    public async Task List_NamesAllOurGroups()
    {
        var (first, second) = (NewGroup(), NewGroup(AddressingMode.PhoneNumber));

        var groups = await Groups.ListAsync(Ct);

        Assert.Equal(new[] { first, second }.Order(ByText), groups.Select(group => group.Jid).Order(ByText));
        Assert.All(groups.SelectMany(group => group.Participants), member => Assert.NotNull(member.Lid));
    }

    [Fact]
    public async Task Settings_WhenChanged_AreKnownHereAndToTheOthers()
    {
        var group = await OwnGroupAsync();

        await Groups.SetSubjectAsync(group, "Renamed", Ct);
        await Groups.SetDescriptionAsync(group, "About us", Ct);
        await Groups.SetDescriptionAsync(group, "About all of us", Ct);
        await Groups.SetAnnouncementAsync(group, isAnnouncement: true, Ct);
        await Groups.SetLockedAsync(group, isLocked: true, Ct);
        await Groups.SetMemberAddModeAsync(group, MemberAddMode.Admins, Ct);
        await Groups.SetApprovalAsync(group, isRequired: true, Ct);
        await Groups.SetExpirationAsync(group, TimeSpan.FromDays(7), Ct);

        foreach (var info in new[] { await Groups.GetAsync(group, Ct), _bruno.Group(group.ToString()) })
        {
            Assert.Equal(("Renamed", "About all of us"), (info.Subject, info.Description?.Text));
            Assert.Equal((true, true, true), (info.IsAnnouncement, info.IsLocked, info.RequiresApproval));
            Assert.Equal((MemberAddMode.Admins, TimeSpan.FromDays(7)), (info.MemberAddMode, info.Expiration));
        }

        await ChangedAsync<ExpirationChanged>(group);
        Assert.Equal("Renamed", (await ChangedAsync<SubjectChanged>(group)).Change.Subject);
        Assert.Equal(0, Questions("query"));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Picture_WhenSetOrRemoved_IsThatOfTheGroup()
    {
        var group = await OwnGroupAsync();
        byte[] jpeg = [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0x02, 0x80, 0x02, 0x80, 1, 1, 0x11, 0, 0xFF, 0xD9]; // 640 × 640, and nothing in it

        var id = await Groups.SetPictureAsync(group, jpeg, Ct);
        await Groups.RemovePictureAsync(group, Ct);

        var requests = _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node["xmlns"] == "w:profile:picture").Select(entry => entry.Node).ToList();
        Assert.NotNull(id);
        Assert.All(requests, request => Assert.Equal((group, "set"), (request.JidOf("target"), request["type"])));
        Assert.Equal(jpeg, requests[0].Child("picture")?.Bytes.ToArray());
        Assert.Null(requests[1].Child("picture"));
    }

    [Fact]
    public async Task SetDescription_WhenSomebodyWasFaster_NamesTheirsAndTriesAgain()
    {
        var group = await JoinedGroupAsync();
        _bruno.ChangeMembers(group.ToString(), ParticipantAction.Promote, Ana);
        await ChangedAsync<ParticipantsChanged>(group);
        var theirs = new Node(
            "notification",
            [("from", group), ("type", "w:gp2"), ("id", "N1"), ("participant", _bruno.Lid), ("t", 1_767_225_600)],
            new Node("description", [("id", "3EB0000000000000000000")], Node.Of("body", "of which the service knows nothing")));
        await _service.SendStanzaAsync(theirs, Ana);
        await ChangedAsync<DescriptionChanged>(group);

        await Groups.SetDescriptionAsync(group, "last", Ct);

        Assert.Equal("last", _bruno.Group(group.ToString()).Description?.Text);
        Assert.Equal("last", (await Groups.GetAsync(group, Ct)).Description?.Text);
    }

    [Fact]
    public async Task Members_WhenChanged_AreToldOfOneByOne()
    {
        var dora = _service.AddPhone("5511900000004", "Dora");
        var group = await OwnGroupAsync();

        var added = await Groups.AddAsync(group, [dora.Jid, _bruno.Jid], Ct);
        var promoted = await Groups.PromoteAsync(group, [_bruno.Jid], Ct);
        var removed = await Groups.RemoveAsync(group, [_carla.Lid], Ct);

        Assert.Equal([(200, dora.Jid), (409, _bruno.Jid)], added.Select(result => (result.Code, result.PhoneNumber!.Value)));
        Assert.Equal((200, _bruno.Lid, _bruno.Jid), (promoted[0].Code, promoted[0].Lid, promoted[0].PhoneNumber));
        Assert.True(Assert.Single(removed).IsDone);
        var info = await Groups.GetAsync(group, Ct);
        Assert.Equal(Lids(_ana, _bruno, dora), info.Participants.Select(member => member.Jid).Order(ByText));
        Assert.Equal(GroupRole.Admin, info.Participants.Single(member => member.Jid == _bruno.Lid).Role);
        Assert.True((await Groups.DemoteAsync(group, [_bruno.Jid], Ct))[0].IsDone);
        await ChangedAsync<ParticipantsChanged>(group, change => change.Action == ParticipantAction.Demote);
        Assert.Equal(0, Questions("query"));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Members_WhenWeAreNoAdmin_AreRefused()
    {
        var group = NewGroup();

        var refusal = await Assert.ThrowsAsync<RequestRefusedException>(() => Groups.RemoveAsync(group, [_carla.Lid], Ct));

        Assert.Equal(403, refusal.Code);
    }

    [Fact]
    public async Task Invite_ByLink_CanBePreviewedAndAcceptedUntilItIsRevoked()
    {
        var group = await OwnGroupAsync();
        await Groups.RemoveAsync(group, [_carla.Lid], Ct);
        await using var carla = await TestSession.PairAsync(_service, _carla, Ct);
        var link = await Groups.GetInviteLinkAsync(group, Ct);

        var preview = await carla.Client.Groups.PreviewAsync(link, Ct);
        var joined = await carla.Client.Groups.JoinAsync(link, Ct);
        var newLink = await Groups.RevokeInviteLinkAsync(group, Ct);

        Assert.StartsWith("https://chat.whatsapp.com/", link, StringComparison.Ordinal);
        Assert.Equal((group, "Ours", 0), (preview.Jid, preview.Subject, preview.Participants.Count));
        Assert.Equal(new JoinResult(group, NeedsApproval: false), joined);
        Assert.NotEqual(link, newLink);
        Assert.Equal(410, (await Assert.ThrowsAsync<RequestRefusedException>(() => carla.Client.Groups.JoinAsync(link, Ct))).Code);
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestRefusedException>(() => carla.Client.Groups.JoinAsync(newLink, Ct))).Code);
        await Assert.ThrowsAsync<ArgumentException>(() => carla.Client.Groups.JoinAsync("https://example.org/x", Ct));
        var (told, _) = await ChangedAsync<ParticipantsChanged>(group, change => change.Reason == "invite");
        Assert.Equal(_carla.Lid, told.Actor);
    }

    [Fact]
    public async Task JoinRequests_AreListedAndDecided()
    {
        var dora = _service.AddPhone("5511900000004", "Dora");
        var group = await OwnGroupAsync();
        await Groups.RemoveAsync(group, [_carla.Lid], Ct);
        await Groups.SetApprovalAsync(group, isRequired: true, Ct);
        var code = (await Groups.GetInviteLinkAsync(group, Ct)).Split('/')[^1];
        Assert.True(_carla.JoinGroup(code).NeedsApproval);
        dora.JoinGroup(code);
        await ChangedAsync<JoinRequested>(group, change => change.Users.Contains(dora.Lid));

        var requests = await Groups.ListJoinRequestsAsync(group, Ct);
        var approved = await Groups.ApproveAsync(group, [_carla.Lid], Ct);
        var rejected = await Groups.RejectAsync(group, [dora.Jid], Ct);

        Assert.Equal([(_carla.Lid, _carla.Jid), (dora.Lid, dora.Jid)], requests.Select(request => (request.Lid!.Value, request.PhoneNumber!.Value)));
        Assert.True(Assert.Single(approved).IsDone && Assert.Single(rejected).IsDone);
        Assert.Equal(Lids(_ana, _bruno, _carla), _bruno.Group(group.ToString()).Participants.Select(member => member.Jid).Order(ByText));
        await ChangedAsync<JoinRequestEnded>(group);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Add_WhenTheUserHasTrustedUs_ShowsTheirToken()
    {
        var group = await JoinedGroupAsync();
        _bruno.ChangeMembers(group.ToString(), ParticipantAction.Promote, Ana);
        var dora = _service.AddPhone("5511900000004", "Dora");
        dora.SetPrivacy("groupadd", "contacts");
        var refused = Assert.Single(await Groups.AddAsync(group, [dora.Jid], Ct));

        dora.Trust(Ana);
        await _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Node: { Tag: "ack" } ack } && ack["type"] == "privacy_token", Ct);
        var added = Assert.Single(await Groups.AddAsync(group, [dora.Jid], Ct));
        var made = await Groups.CreateAsync("With Dora", new NewGroup { Participants = [new GroupParticipant(dora.Jid)] }, Ct);

        Assert.Equal((403, 200), (refused.Code, added.Code));
        Assert.Equal(200, made.Participants.Single(member => member.PhoneNumber == dora.Jid).Code);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task AcceptInvite_OfAMessage_MakesUsAMember()
    {
        var group = await OwnGroupAsync();
        await using var carla = await TestSession.PairAsync(_service, _carla, Ct);
        await Groups.RemoveAsync(group, [_carla.Lid], Ct);
        _carla.SetPrivacy("groupadd", "none");

        var refused = Assert.Single(await Groups.AddAsync(group, [_carla.Jid], Ct));
        var invite = new GroupInviteContent(group, refused.Invite!.Code) { GroupName = "Ours", ExpiresAt = refused.Invite.ExpiresAt };
        await _session.Client.SendAsync(new OutgoingMessage(_carla.Jid, invite), Ct);
        var received = await carla.WaitAsync<MessageReceived>(Ct, message => message.Content is GroupInviteContent);
        await carla.Client.Groups.AcceptInviteAsync((GroupInviteContent)received.Content, received.Envelope.Sender, Ct);

        Assert.Equal((403, _carla.Jid), (refused.Code, refused.PhoneNumber));
        Assert.Contains(_bruno.Group(group.ToString()).Participants, member => member.Jid == _carla.Lid);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task AcceptInvite_WhenItIsNone_IsRefused()
    {
        var group = await OwnGroupAsync();
        await using var carla = await TestSession.PairAsync(_service, _carla, Ct);
        await Groups.RemoveAsync(group, [_carla.Lid], Ct);
        var invite = new GroupInviteContent(group, "nonsense") { ExpiresAt = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(1) };

        var refusal = await Assert.ThrowsAsync<RequestRefusedException>(() => carla.Client.Groups.AcceptInviteAsync(invite, _ana.Lid, Ct));

        Assert.Equal(406, refusal.Code);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Leave_MakesTheOthersGoOn()
    {
        var group = await JoinedGroupAsync();
        await SendAsync(group, "bye");

        await Groups.LeaveAsync(group, Ct);

        Assert.DoesNotContain(_bruno.Group(group.ToString()).Participants, member => member.Jid == _ana.Lid);
        Assert.IsType<SendResult.NotAMember>(await _session.SendTextAsync(group, "still here?", Ct));
        Assert.Equal(403, (await Assert.ThrowsAsync<RequestRefusedException>(() => Groups.LeaveAsync(group, Ct))).Code);
        Assert.Null(await OwnKeyIdAsync(group));
    }

    [Fact]
    public async Task Change_WhenItIsNotKnownHere_IsToldAsItCame()
    {
        var group = await JoinedGroupAsync();
        var change = new Node("growth_locked", [("type", "invite")]);
        var notification = new Node(
            "notification",
            [("from", group), ("type", "w:gp2"), ("id", "N1"), ("participant", _bruno.Lid), ("t", 1_767_225_600), ("offline", "0")],
            change);

        await _service.SendStanzaAsync(notification, Ana);

        var (told, other) = await ChangedAsync<OtherGroupChange>(group);
        Assert.Equal(("growth_locked", "invite"), (other.Name, other.Raw?["type"]));
        Assert.Equal((_bruno.Lid, _bruno.Jid, MessageOrigin.Offline), (told.Actor, told.ActorPhoneNumber, told.Origin));
    }

    [Fact]
    public async Task Change_WhenOneBeforeItWasMissed_MakesUsAskForTheGroup()
    {
        var group = await JoinedGroupAsync();
        var notification = new Node(
            "notification",
            [("from", group), ("type", "w:gp2"), ("id", "N1"), ("participant", _bruno.Lid), ("t", 1_767_225_600)],
            new Node("promote", [("prev_v_id", "1"), ("v_id", "2")], new Node("participant", [("jid", _carla.Lid)])));

        await _service.SendStanzaAsync(notification, Ana);
        await ChangedAsync<ParticipantsChanged>(group);
        var info = await Groups.GetAsync(group, Ct);

        Assert.Equal(1, Questions("query"));
        Assert.Equal(GroupRole.Member, info.Participants.Single(member => member.Jid == _carla.Lid).Role);
    }

    [Fact]
    public async Task Change_WhenTheGroupHasAnotherAddressing_MakesUsAskForTheGroup()
    {
        var group = await JoinedGroupAsync();
        var notification = new Node(
            "notification",
            [("from", group), ("type", "w:gp2"), ("id", "N1"), ("participant", _bruno.Jid), ("t", 1_767_225_600), ("addressing_mode", "pn")],
            new Node("locked"));

        await _service.SendStanzaAsync(notification, Ana);
        await ChangedAsync<LockChanged>(group);
        await Groups.GetAsync(group, Ct);

        Assert.Equal(1, Questions("query"));
    }

    private static NewGroup Having(params Jid[] members) => new() { Participants = [.. members.Select(member => new GroupParticipant(member))] };

    private static Func<Recado.Simulator.Phones.InboxMessage, bool> Is(string id) => message => message.Id == id;

    private static IEnumerable<Jid> Lids(params SimulatedPhone[] phones) => phones.Select(phone => phone.Lid).Order(ByText);

    private static Comparer<Jid> ByText { get; } = Comparer<Jid>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    /// <summary>A group of ours, with Bruno and Carla.</summary>
    private async Task<Jid> OwnGroupAsync()
    {
        _carla = _service.AddPhone(Carla, "Carla");
        var made = await Groups.CreateAsync("Ours", Having(_bruno.Jid, _carla.Jid), Ct);
        await ChangedAsync<GroupJoined>(made.Info.Jid);
        return made.Info.Jid;
    }

    private int Questions(string tag) => _service.Trace.Entries.OfType<StanzaEntry>().Count(entry =>
        entry.Direction == TraceDirection.FromClient && entry.Node["xmlns"] == "w:g2" && entry.Node["type"] == "get" && entry.Node.Child(tag) is not null);
}
