using Recado.Protocol.Binary;

namespace Recado.Protocol.Groups;

/// <summary>What became of one member in a request about several.</summary>
/// <param name="Jid">The member.</param>
/// <param name="Code">200 when it worked; 403 when the user does not let others add them; 409 when nothing had to change; others as they
/// come.</param>
/// <param name="PhoneNumber">The member's phone number, when it is known.</param>
/// <param name="Invite">What can be sent to a user who does not let others add them.</param>
public sealed record ParticipantResult(Jid Jid, int Code, Jid? PhoneNumber = null, ParticipantInvite? Invite = null)
{
    /// <summary>The member's LID, when it is known.</summary>
    public Jid? Lid { get; init; }

    /// <summary>The code for done.</summary>
    public const int Done = 200;

    /// <summary>Whether it worked.</summary>
    public bool IsDone => Code == Done;
}

/// <summary>An invitation for one user.</summary>
/// <param name="Code">What accepts it.</param>
/// <param name="ExpiresAt">Until when it is good.</param>
public sealed record ParticipantInvite(string Code, DateTimeOffset? ExpiresAt);

/// <summary>Someone who wants to join.</summary>
/// <param name="Jid">Who.</param>
/// <param name="PhoneNumber">Their phone number, when it is known.</param>
/// <param name="At">Since when.</param>
/// <param name="Method">How they came, such as <c>invite_link</c>.</param>
public sealed record JoinRequest(Jid Jid, Jid? PhoneNumber, DateTimeOffset? At, string? Method)
{
    /// <summary>Their LID, when it is known.</summary>
    public Jid? Lid { get; init; }
}

/// <summary>A group that was made.</summary>
/// <param name="Info">The group, with the members it has got.</param>
/// <param name="Participants">What became of each member that was asked for.</param>
public sealed record NewGroupResult(GroupInfo Info, IReadOnlyList<ParticipantResult> Participants);

/// <summary>What joining by code led to.</summary>
/// <param name="Group">The group.</param>
/// <param name="NeedsApproval">Whether an admin has to let one in first.</param>
public sealed record JoinResult(Jid Group, bool NeedsApproval);

/// <summary>Answers about groups: stanza to data. Each takes the <c>iq</c> of type <c>result</c>.</summary>
public static class GroupResponses
{
    /// <summary>The answer to info and invite info.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static GroupInfo ParseInfo(Node iq) => GroupNodes.Parse(Required(iq, "group"));

    /// <summary>The answer to a creation: the group, and what became of each member.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static NewGroupResult ParseCreation(Node iq)
    {
        var group = Required(iq, "group");
        return new(GroupNodes.Parse(group), Results(group));
    }

    /// <summary>The answer to the list of groups.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyList<GroupInfo> ParseList(Node iq) => [.. Required(iq, "groups").ChildrenOf("group").Select(GroupNodes.Parse)];

    /// <summary>The answer to a change of members, member by member.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyList<ParticipantResult> ParseResults(Node iq, ParticipantAction action) =>
        Results(Required(iq, GroupRequests.Tag(action)));

    /// <summary>The answer to a decision about who joins.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyList<ParticipantResult> ParseDecision(Node iq, bool approve) =>
        Results(Required(iq, "membership_requests_action").RequiredChild(approve ? "approve" : "reject"));

    /// <summary>The answer to a question for the invite code, or to its replacement.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static string ParseInviteCode(Node iq) => Required(iq, "invite").Required("code");

    /// <summary>The answer to joining by code.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static JoinResult ParseJoin(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        return iq.Child("membership_approval_request") is { } request
            ? new(GroupNodes.ParseJid(request, "jid"), NeedsApproval: true)
            : new(GroupNodes.ParseJid(iq.RequiredChild("group"), "jid"), NeedsApproval: false);
    }

    /// <summary>The answer to who wants to join.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyList<JoinRequest> ParseJoinRequests(Node iq) =>
    [
        .. from request in Required(iq, "membership_approval_requests").ChildrenOf("membership_approval_request")
           let user = request.JidOf("jid")
           where user is not null
           let since = GroupNodes.Time(request, "request_time")
           let names = GroupNodes.ParseParticipant(request)
           select new JoinRequest(user.Value, names.PhoneNumber, since, request["request_method"]) { Lid = names.Lid },
    ];

    private static IReadOnlyList<ParticipantResult> Results(Node parent) =>
    [
        .. from participant in parent.ChildrenOf("participant")
           let jid = participant.JidOf("jid")
           where jid is not null
           let invite = Invite(participant.Child("add_request"))
           let names = GroupNodes.ParseParticipant(participant)
           select new ParticipantResult(jid.Value, Code(participant), names.PhoneNumber, invite) { Lid = names.Lid },
    ];

    private static int Code(Node participant) => participant["error"] is null
        ? ParticipantResult.Done
        : participant.NumberOf("error") is >= 0 and <= int.MaxValue and var code ? (int)code : 0;

    private static ParticipantInvite? Invite(Node? request) =>
        request?["code"] is { } code ? new(code, GroupNodes.Time(request, "expiration")) : null;

    private static Node Required(Node iq, string tag)
    {
        ArgumentNullException.ThrowIfNull(iq);
        return iq.RequiredChild(tag);
    }
}
