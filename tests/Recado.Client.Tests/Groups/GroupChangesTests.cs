using Recado.Client.Groups;
using Recado.Protocol;
using Recado.Protocol.Groups;

namespace Recado.Client.Tests.Groups;

public sealed class GroupChangesTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly GroupParticipant Ana = new(Jid.Parse("111@lid"), GroupRole.SuperAdmin);
    private static readonly GroupParticipant Bruno = new(Jid.Parse("222@lid"));
    private static readonly GroupInfo Group = new(Jid.Parse("120363000000000001@g.us"), "Team", [Ana, Bruno]) { ParticipantVersion = "1", Size = 2 };

    [Fact]
    public void Apply_WhenAMemberIsAddedTwice_HasThemOnce()
    {
        var added = Members(ParticipantAction.Add, new GroupParticipant(Jid.Parse("333@lid")));

        var once = Group.Apply(added, actor: null, At)!;
        var twice = once.Apply(added with { PreviousVersion = "2" }, actor: null, At)!;

        Assert.Equal(["111", "222", "333"], twice.Participants.Select(member => member.Jid.User));
        Assert.Equal((3, "2"), (twice.Size, twice.ParticipantVersion));
    }

    [Fact]
    public void Apply_WhenSomebodyIsNamedTwice_HasThemOnce()
    {
        var group = Group.Apply(Members(ParticipantAction.Add, Bruno, Bruno), actor: null, At)!;

        Assert.Equal(2, group.Participants.Count);
    }

    [Fact]
    public void Apply_WhenMembersAreNamedByTheirOtherName_KnowsThemAllTheSame()
    {
        var phone = Jid.Parse("5511900000002@s.whatsapp.net");
        var byPhone = new GroupParticipant(phone, PhoneNumber: phone, Lid: Bruno.Jid);
        var group = Group with { Addressing = AddressingMode.Lid };

        Assert.Equal([Ana], group.Apply(Members(ParticipantAction.Remove, byPhone), actor: null, At)!.Participants);
        Assert.Equal([Ana.Jid, Bruno.Jid], group.Apply(Members(ParticipantAction.Add, byPhone), actor: null, At)!.Participants.Select(member => member.Jid));
    }

    [Fact]
    public void Apply_WhenMembersGoAndRise_FollowsThem()
    {
        Assert.Equal([Ana], Group.Apply(Members(ParticipantAction.Remove, Bruno), actor: null, At)!.Participants);
        Assert.Equal(GroupRole.Admin, Group.Apply(Members(ParticipantAction.Promote, Bruno), actor: null, At)!.Participants[1].Role);
        Assert.Equal(GroupRole.Member, Group.Apply(Members(ParticipantAction.Demote, Ana), actor: null, At)!.Participants[0].Role);
    }

    [Fact]
    public void Apply_WhenSomethingWasMissed_KnowsNothingAnyMore()
    {
        Assert.Null(Group.Apply(Members(ParticipantAction.Remove, Bruno) with { PreviousVersion = "7" }, actor: null, At));
        Assert.Null(Group.Apply(new GroupDeleted(null), actor: null, At));
    }

    [Fact]
    public void Apply_WhenADescriptionIsTakenAway_HasNone()
    {
        var described = Group.Apply(new DescriptionChanged("About", "D1"), Ana.Jid, At)!;

        Assert.Equal(new GroupDescription("About", "D1", Ana.Jid, At), described.Description);
        Assert.Null(described.Apply(new DescriptionChanged(null, "D2"), Ana.Jid, At)!.Description);
    }

    [Fact]
    public void Apply_WhenTheChangeSaysNothingAboutTheGroup_LeavesItAsItIs() =>
        Assert.Same(Group, Group.Apply(new InviteCodeChanged("code"), actor: null, At));

    private static ParticipantsChanged Members(ParticipantAction action, params GroupParticipant[] members) =>
        new(action, members, Reason: null) { PreviousVersion = "1", Version = "2" };
}
