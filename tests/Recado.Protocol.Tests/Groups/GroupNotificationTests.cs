using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Groups;

/// <summary>Replays <c>stanza-group-notifications</c>.</summary>
public sealed class GroupNotificationTests
{
    private static readonly Jid Actor = Jid.Parse("200000000000001@lid");
    private static readonly Jid ActorPhone = Jid.Parse("15550100001@s.whatsapp.net");
    private static readonly Jid Other = Jid.Parse("200000000000002@lid");
    private static readonly Jid OtherPhone = Jid.Parse("15550100002@s.whatsapp.net");
    private static readonly Jid Community = Jid.Parse("120363000000000100@g.us");
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);

    private static readonly GroupParticipant[] OtherMember = [new(Other, PhoneNumber: OtherPhone, Lid: Other)];
    private static readonly GroupParticipant[] ActorMember = [new(Actor, PhoneNumber: ActorPhone, Lid: Actor)];

    private static IReadOnlyList<NotificationVector> Cases =>
        VectorFile.Load<NotificationVectors>("stanzas/stanza-group-notifications.json").Cases;

    public static TheoryData<string> Names => [.. Cases.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_WhenReplayed_SaysWhatHasChanged(string name)
    {
        var vector = Cases.Single(vector => vector.Name == name);

        var notification = GroupNotification.Parse(vector.Node.ToNode());

        Assert.Equal(Actor, notification.Actor);
        Assert.Equal(ActorPhone, notification.ActorPhoneNumber);
        Assert.Equal(At, notification.At);
        Assert.Equal(AddressingMode.Lid, notification.Addressing);
        Assert.Contains((ActorPhone, Actor), notification.Mappings);
        var change = Assert.Single(notification.Changes);
        if (change is GroupJoined joined)
            Assert.Equal(("3EB0AABBCCDDEEFF0011", 3, "Ana"), (joined.Key, joined.Info.Participants.Count, notification.ActorName));
        else
            Assert.Equal(Text(Expected(name)), Text(change));

        Assert.NotEmpty(vector.BaileysSent);
        Assert.Equal((JsonValueKind.Array, JsonValueKind.Object), (vector.BaileysEvents.ValueKind, vector.WhatsmeowFields.ValueKind));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_WhenMutilated_FailsTyped(string name)
    {
        var node = Cases.Single(vector => vector.Name == name).Node.ToNode();

        StanzaMutilations.AssertTyped(node, stanza => GroupNotification.Parse(stanza));
        Mutilations.AssertTyped(NodeCodec.Encode(node), bytes => GroupNotification.Parse(NodeCodec.Decode(bytes)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Format_WhenReadAgain_IsTheSame(string name)
    {
        var notification = GroupNotification.Parse(Cases.Single(vector => vector.Name == name).Node.ToNode());

        var again = GroupNotification.Parse(NodeCodec.Decode(NodeCodec.Encode(notification.Format("N1"))));

        Assert.Equal(
            (notification.Group, notification.Actor, notification.ActorPhoneNumber, notification.ActorName, notification.At, notification.Addressing),
            (again.Group, again.Actor, again.ActorPhoneNumber, again.ActorName, again.At, again.Addressing));
        Assert.Equal(notification.Changes.Select(Text), again.Changes.Select(Text));
    }

    [Fact]
    public void Parse_WhenTheChangeIsUnknown_KeepsAllOfIt()
    {
        var change = new Node("new_thing", [("why", "because")]);
        var node = new Node("notification", [("from", "120363000000000001@g.us")], change, new Node("locked"));

        Assert.Equal(
            [new OtherGroupChange("new_thing") { Raw = change }, new LockChanged(IsLocked: true)],
            GroupNotification.Parse(node).Changes);
    }

    [Fact]
    public void Parse_WhenTheTimerIsZero_IsOff()
    {
        var node = new Node("notification", [("from", "120363000000000001@g.us")], new Node("ephemeral", [("expiration", "0")]));

        Assert.Equal([new ExpirationChanged(null)], GroupNotification.Parse(node).Changes);
    }

    private static GroupChange Expected(string name) => name switch
    {
        "add" => new ParticipantsChanged(ParticipantAction.Add, OtherMember, "invite") { PreviousVersion = "1", Version = "2" },
        "remove by admin" => new ParticipantsChanged(ParticipantAction.Remove, OtherMember, null) { PreviousVersion = "2", Version = "3" },
        "leave (remove of oneself)" => new ParticipantsChanged(ParticipantAction.Remove, ActorMember, null) { PreviousVersion = "3", Version = "4" },
        "promote" => new ParticipantsChanged(ParticipantAction.Promote, OtherMember, null) { PreviousVersion = "4", Version = "5" },
        "demote" => new ParticipantsChanged(ParticipantAction.Demote, OtherMember, null) { PreviousVersion = "5", Version = "6" },
        "subject" => new SubjectChanged("New name", Actor, At),
        "description set" => new DescriptionChanged("New topic", "3AFFFF"),
        "description delete" => new DescriptionChanged(null, "3AFFFE"),
        "announcement on" => new AnnouncementChanged(IsAnnouncement: true) { Version = "7" },
        "announcement off" => new AnnouncementChanged(IsAnnouncement: false) { Version = "8" },
        "locked" => new LockChanged(IsLocked: true),
        "unlocked" => new LockChanged(IsLocked: false),
        "ephemeral on" => new ExpirationChanged(TimeSpan.FromDays(1)),
        "ephemeral off" => new ExpirationChanged(null),
        "invite link reset" => new InviteCodeChanged("AbCdEfGhIjKlMnOpQrStUv"),
        "member add mode" => new MemberAddModeChanged(MemberAddMode.Everyone),
        "approval mode on" => new ApprovalChanged(IsRequired: true),
        "join request created" => new JoinRequested([Actor], "invite_link"),
        "join request revoked" => new JoinRequestEnded([Actor]),
        "number change (modify)" => new ParticipantNumberChanged(OtherMember),
        "linked to community" => new CommunityChanged(IsLinked: true, "parent_group", [Community]),
        "unlinked from community" => new CommunityChanged(IsLinked: false, "parent_group", [Community]),
        "group deleted" => new GroupDeleted("admin"),
        "suspended" => new SuspensionChanged(IsSuspended: true),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no change for this vector."),
    };

    /// <summary>Records hold lists, which compare by reference; their text does not.</summary>
    private static string Text(GroupChange change) => change.GetType().Name + JsonSerializer.Serialize<object>(change);

    internal sealed record NotificationVectors(string Description, IReadOnlyList<NotificationVector> Cases);

    internal sealed record NotificationVector(
        string Name, StanzaVector Node, JsonElement BaileysEvents, IReadOnlyList<StanzaVector> BaileysSent, JsonElement WhatsmeowFields);
}
