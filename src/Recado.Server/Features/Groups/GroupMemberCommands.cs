using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

/// <summary>Adds, removes, promotes or demotes members.</summary>
[GenerateSerializer, Immutable, Alias("recado.groups.change-members")]
internal sealed record ChangeMembers(
    [property: Id(0)] string Group, [property: Id(1)] ParticipantAction Action, [property: Id(2)] IReadOnlyList<string> Participants)
    : ClientRequest<MemberResults>
{
    public override async Task<MemberResults> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var (groups, group) = (client.Groups, Jid.Parse(Group));
        var members = await GroupMembers.ResolveAsync(client, Participants, ct);
        var results = members.Known.Count == 0
            ? []
            : await (Action switch
            {
                ParticipantAction.Add => groups.AddAsync(group, members.Known, ct),
                ParticipantAction.Remove => groups.RemoveAsync(group, members.Known, ct),
                ParticipantAction.Promote => groups.PromoteAsync(group, members.Known, ct),
                _ => groups.DemoteAsync(group, members.Known, ct),
            });
        return new MemberResults(members.Report(results));
    }
}

/// <param name="IsReset">Makes a new link; the one before is good no more.</param>
[GenerateSerializer, Immutable, Alias("recado.groups.ask-invite")]
internal sealed record GetInvite([property: Id(0)] string Group, [property: Id(1)] bool IsReset) : ClientRequest<GroupInvite>
{
    public override async Task<GroupInvite> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var group = Jid.Parse(Group);
        var link = IsReset ? await client.Groups.RevokeInviteLinkAsync(group, ct) : await client.Groups.GetInviteLinkAsync(group, ct);
        return new GroupInvite(link, link[(link.LastIndexOf('/') + 1)..]);
    }
}

[GenerateSerializer, Immutable, Alias("recado.groups.preview")]
internal sealed record PreviewGroup([property: Id(0)] string Invite) : ClientRequest<GroupView>
{
    public override async Task<GroupView> RunAsync(WhatsAppClient client, CancellationToken ct) =>
        GroupView.Of(await client.Groups.PreviewAsync(Invite, ct));
}

[GenerateSerializer, Immutable, Alias("recado.groups.join")]
internal sealed record JoinGroup([property: Id(0)] string Invite) : ClientRequest<GroupJoinResult>
{
    public override async Task<GroupJoinResult> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var joined = await client.Groups.JoinAsync(Invite, ct);
        return new GroupJoinResult(joined.Group.ToString(), joined.NeedsApproval);
    }
}

[GenerateSerializer, Immutable, Alias("recado.groups.ask-join-requests")]
internal sealed record ListJoinRequests([property: Id(0)] string Group) : ClientRequest<JoinRequestList>
{
    public override async Task<JoinRequestList> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var requests = await client.Groups.ListJoinRequestsAsync(Jid.Parse(Group), ct);
        return new([.. requests.Select(wish => new JoinRequestView(wish.Jid.ToString(), wish.PhoneNumber?.User, wish.At, wish.Method))]);
    }
}

[GenerateSerializer, Immutable, Alias("recado.groups.decide")]
internal sealed record DecideJoinRequests(
    [property: Id(0)] string Group, [property: Id(1)] bool IsApproval, [property: Id(2)] IReadOnlyList<string> Participants) : ClientRequest<MemberResults>
{
    public override async Task<MemberResults> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var (groups, group) = (client.Groups, Jid.Parse(Group));
        var members = await GroupMembers.ResolveAsync(client, Participants, ct);
        var results = members.Known.Count == 0
            ? []
            : await (IsApproval ? groups.ApproveAsync(group, members.Known, ct) : groups.RejectAsync(group, members.Known, ct));
        return new MemberResults(members.Report(results));
    }
}
