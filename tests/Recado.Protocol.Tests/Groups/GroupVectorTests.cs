using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Groups;

/// <summary>Replays <c>stanza-group-requests</c> and <c>stanza-group-metadata</c>.</summary>
public sealed class GroupVectorTests
{
    private const string Id = "<id>";

    private static readonly Jid Group = Jid.Parse("120363000000000001@g.us");
    private static readonly Jid Community = Jid.Parse("120363000000000100@g.us");
    private static readonly Jid[] Users = [.. Enumerable.Range(1, 4).Select(n => Jid.Parse($"20000000000000{n}@lid"))];

    private static IReadOnlyList<RequestVector> Requests => VectorFile.Load<RequestVectors>("stanzas/stanza-group-requests.json").Cases;

    private static IReadOnlyList<MetadataVector> Metadata => VectorFile.Load<MetadataVectors>("stanzas/stanza-group-metadata.json").Cases;

    public static TheoryData<string> RequestNames => [.. Requests.Select(vector => vector.Name)];

    public static TheoryData<string> GroupNames => [.. Metadata.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(RequestNames))]
    public void Request_WhenReplayed_IsTheRecordedOne(string name)
    {
        var recorded = Requests.Single(vector => vector.Name == name).Request.Select(request => request.ToNode()).ToList();
        var requests = Build(name);

        Assert.Equal(recorded.Select(StanzaVector.Shape), requests.Select(StanzaVector.Shape));
    }

    [Fact]
    public void Responses_WhenReplayed_AreRead()
    {
        Assert.Equal(Group, GroupResponses.ParseInfo(Response("group info")).Jid);
        Assert.Equal([Group, Jid.Parse("15550100001-1500000000@g.us")], GroupResponses.ParseList(Response("list participating")).Select(info => info.Jid));
        Assert.Equal("AbCdEfGhIjKlMnOpQrStUv", GroupResponses.ParseInviteCode(Response("invite get")));
        Assert.Equal(new(Group, NeedsApproval: false), GroupResponses.ParseJoin(Response("invite join")));
        Assert.Equal(
            [new JoinRequest(Users[1], Jid.Parse("15550100002@s.whatsapp.net"), DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), "invite_link") { Lid = Users[1] }],
            GroupResponses.ParseJoinRequests(Response("join requests list")));
        Assert.Equal([new ParticipantResult(Users[1], 200) { Lid = Users[1] }], GroupResponses.ParseDecision(Response("join requests approve"), approve: true));
        Assert.Equal([new ParticipantResult(Users[1], 200) { Lid = Users[1] }], GroupResponses.ParseResults(Response("promote"), ParticipantAction.Promote));
        Assert.Equal(
            [
                new ParticipantResult(Users[0], 200, Jid.Parse("15550100001@s.whatsapp.net")) { Lid = Users[0] },
                new ParticipantResult(
                    Users[1], 403, Jid.Parse("15550100002@s.whatsapp.net"), new("INVCODE12345678", DateTimeOffset.FromUnixTimeSeconds(1_767_484_800)))
                {
                    Lid = Users[1],
                },
                new ParticipantResult(Users[3], 409) { Lid = Users[3] },
            ],
            GroupResponses.ParseResults(Response("add participants: one ok, one needs invite, one on privacy"), ParticipantAction.Add));
    }

    [Fact]
    public void ParseJoin_WhenAnAdminDecides_SaysSo()
    {
        var answer = new Node("iq", [], new Node("membership_approval_request", [("jid", Group)]));

        Assert.Equal(new(Group, NeedsApproval: true), GroupResponses.ParseJoin(answer));
    }

    [Theory]
    [MemberData(nameof(GroupNames))]
    public void Group_WhenReplayed_HasTheRecordedFields(string name)
    {
        var vector = Metadata.Single(vector => vector.Name == name);
        var expected = vector.Normalized;

        var group = GroupNodes.Parse(vector.Node.ToNode());

        Assert.Equal(Text(expected, "jid"), group.Jid.ToString());
        Assert.Equal(Text(expected, "name"), group.Subject);
        Assert.Equal(Text(expected, "nameSetBy"), group.SubjectBy?.ToString());
        Assert.Equal(expected.GetProperty("nameSetAt").GetInt64(), group.SubjectAt?.ToUnixTimeSeconds());
        Assert.Equal(expected.GetProperty("createdAt").GetInt64(), group.CreatedAt?.ToUnixTimeSeconds());
        Assert.Equal(Text(expected, "owner"), group.Creator?.ToString());
        Assert.Equal(Text(expected, "ownerPn"), group.CreatorPhoneNumber?.ToString());
        Assert.Equal(Text(expected, "addressingMode") switch { "lid" => AddressingMode.Lid, "pn" => AddressingMode.PhoneNumber, _ => (AddressingMode?)null }, group.Addressing);
        Assert.Equal(Text(expected, "participantVersionId") ?? "", group.ParticipantVersion ?? "");
        Assert.Equal(expected.GetProperty("participantCount").GetInt32(), group.Size);
        Assert.Equal(Text(expected, "topic"), group.Description?.Text ?? "");
        Assert.Equal(expected.GetProperty("isAnnounce").GetBoolean(), group.IsAnnouncement);
        Assert.Equal(expected.GetProperty("isLocked").GetBoolean(), group.IsLocked);
        Assert.Equal(expected.GetProperty("disappearingTimer").GetInt32(), group.Expiration?.TotalSeconds ?? 0);
        Assert.Equal(expected.GetProperty("joinApprovalRequired").GetBoolean(), group.RequiresApproval);
        Assert.Equal(Text(expected, "linkedParent"), group.Community?.ToString());
        Assert.Equal(expected.GetProperty("isParent").GetBoolean(), group.IsCommunity);
        Assert.Equal(expected.GetProperty("isDefaultSubGroup").GetBoolean(), group.IsCommunityAnnouncement);
        Assert.Equal(expected.GetProperty("participants").EnumerateArray().Select(Participant), group.Participants);
        Assert.Equal(JsonValueKind.Object, vector.Baileys.ValueKind);
    }

    [Theory]
    [MemberData(nameof(GroupNames))]
    public void Group_WhenFormattedAndRead_IsTheSame(string name)
    {
        var group = GroupNodes.Parse(Metadata.Single(vector => vector.Name == name).Node.ToNode());

        var read = GroupNodes.Parse(NodeCodec.Decode(NodeCodec.Encode(GroupNodes.Format(group))));

        Assert.Equal(JsonSerializer.Serialize(group), JsonSerializer.Serialize(read));
    }

    [Fact]
    public void Stanzas_WhenMutilated_FailTyped()
    {
        foreach (var vector in Metadata)
            StanzaMutilations.AssertTyped(vector.Node.ToNode(), node => GroupNodes.Parse(node));

        StanzaMutilations.AssertTyped(Response("add participants: one ok, one needs invite, one on privacy"), iq => GroupResponses.ParseResults(iq, ParticipantAction.Add));
        StanzaMutilations.AssertTyped(Response("join requests list"), iq => GroupResponses.ParseJoinRequests(iq));
        StanzaMutilations.AssertTyped(Response("invite join"), iq => GroupResponses.ParseJoin(iq));
        StanzaMutilations.AssertTyped(Response("invite get"), iq => GroupResponses.ParseInviteCode(iq));
    }

    [Fact]
    public void Create_WhenEverythingIsChosen_SaysSo()
    {
        var group = new NewGroup
        {
            Participants = [new(Users[0].WithDevice(3), PhoneNumber: Jid.Parse("15550100001@s.whatsapp.net"))],
            MemberAddMode = MemberAddMode.Everyone,
            Community = Community,
            IsLocked = true,
            IsAnnouncement = true,
            Expiration = TimeSpan.FromDays(1),
            RequiresApproval = false,
        };

        Assert.Equal(
            """<create subject="s"><participant jid="200000000000001@lid" phone_number="15550100001@s.whatsapp.net"/>"""
            + """<member_add_mode>all_member_add</member_add_mode><linked_parent jid="120363000000000100@g.us"/><locked/><announcement/>"""
            + """<ephemeral expiration="86400" trigger="1"/><membership_approval_mode><group_join state="off"/></membership_approval_mode></create>""",
            GroupRequests.Create(Id, "s", group).Children[0].ToString());
    }

    private static Node[] Build(string name) => name switch
    {
        "group info" or "group info, not a member" => [GroupRequests.Info(Id, Group)],
        "list participating" => [GroupRequests.List(Id)],
        "create" => [GroupRequests.Create(Id, "New Group", new() { Participants = Members(0, 1), Key = "<message-id>" })],
        "leave" => [GroupRequests.Leave(Id, Group)],
        "subject" => [GroupRequests.SetSubject(Id, Group, "New ☕ name")],
        "add participants: one ok, one needs invite, one on privacy" => [GroupRequests.Change(Id, Group, ParticipantAction.Add, Members(0, 1, 3))],
        "remove" => [GroupRequests.Change(Id, Group, ParticipantAction.Remove, Members(1))],
        "promote" => [GroupRequests.Change(Id, Group, ParticipantAction.Promote, Members(1))],
        "demote" => [GroupRequests.Change(Id, Group, ParticipantAction.Demote, Members(1))],
        "description set" => [GroupRequests.Info(Id, Group), GroupRequests.SetDescription(Id, Group, "Hello", "<message-id>", "3AABCDEF0011223344")],
        // the recorded client gives a deletion no id; an empty one is left out of the comparison
        "description delete" => [GroupRequests.Info(Id, Group), GroupRequests.SetDescription(Id, Group, null, "", "3AABCDEF0011223344")],
        "invite get" => [GroupRequests.InviteCode(Id, Group)],
        "invite revoke" => [GroupRequests.ResetInviteCode(Id, Group)],
        "invite join" => [GroupRequests.Join(Id, "AbCdEfGhIjKlMnOpQrStUv")],
        "invite info" => [GroupRequests.InviteInfo(Id, "AbCdEfGhIjKlMnOpQrStUv")],
        "ephemeral on" => [GroupRequests.SetExpiration(Id, Group, TimeSpan.FromDays(7))],
        "ephemeral off" => [GroupRequests.SetExpiration(Id, Group, null)],
        "setting announcement" => [GroupRequests.SetAnnouncement(Id, Group, isAnnouncement: true)],
        "setting not_announcement" => [GroupRequests.SetAnnouncement(Id, Group, isAnnouncement: false)],
        "setting locked" => [GroupRequests.SetLocked(Id, Group, isLocked: true)],
        "setting unlocked" => [GroupRequests.SetLocked(Id, Group, isLocked: false)],
        "member add mode" => [GroupRequests.SetMemberAddMode(Id, Group, MemberAddMode.Admins)],
        "join approval on" => [GroupRequests.SetApproval(Id, Group, isRequired: true)],
        "join requests list" => [GroupRequests.JoinRequests(Id, Group)],
        "join requests approve" => [GroupRequests.DecideJoinRequests(Id, Group, approve: true, [Users[1]])],
        "v4 invite revoke" => [GroupRequests.RevokeInvite(Id, Group, Users[1])],
        "community create" => [GroupRequests.CreateCommunity(Id, "Community", "About", "3EB04CADE5BC"), GroupRequests.Info(Id, Community)],
        "community link" => [GroupRequests.Link(Id, Community, Group)],
        "community unlink" => [GroupRequests.Unlink(Id, Community, Group)],
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no request for this vector."),
    };

    private static GroupParticipant[] Members(params int[] numbers) => [.. numbers.Select(number => new GroupParticipant(Users[number]))];

    private static Node Response(string name) => StanzaVector.Read(Requests.Single(vector => vector.Name == name).Response!.Value).ToNode();

    private static GroupParticipant Participant(JsonElement json) => new(
        Jid.Parse(Text(json, "jid")!),
        json.GetProperty("isSuperAdmin").GetBoolean() ? GroupRole.SuperAdmin : json.GetProperty("isAdmin").GetBoolean() ? GroupRole.Admin : GroupRole.Member,
        Text(json, "phoneNumber") is { } phone ? Jid.Parse(phone) : null,
        Text(json, "lid") is { } lid ? Jid.Parse(lid) : null,
        Text(json, "displayName") is { Length: > 0 } label ? label : null);

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    internal sealed record RequestVectors(string Description, IReadOnlyList<RequestVector> Cases);

    internal sealed record RequestVector(
        string Name, IReadOnlyList<StanzaVector> Request, JsonElement? Response = null, JsonElement? Result = null, JsonElement? Error = null);

    internal sealed record MetadataVectors(string Description, IReadOnlyList<MetadataVector> Cases);

    internal sealed record MetadataVector(string Name, StanzaVector Node, JsonElement Baileys, JsonElement Normalized);
}
