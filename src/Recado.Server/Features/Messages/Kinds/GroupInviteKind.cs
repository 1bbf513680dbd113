using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Messages.Kinds;

internal static class GroupInviteKind
{
    private const int LongestCode = 64;

    public static Answer<MessageContent> Compose(Draft draft)
    {
        var invite = draft.Request.GroupInvite!;
        return Jid.TryParse(invite.Group, out var group) && group.IsGroup
            && invite.Code is { Length: > 0 and <= LongestCode } && Fields.Fits(invite.GroupName) && Fields.Fits(invite.Caption)
            ? new GroupInviteContent(group, invite.Code) { GroupName = invite.GroupName, Caption = invite.Caption, ExpiresAt = invite.ExpiresAt }
            : Fields.Invalid(
                "group_invite", "'group_invite' needs the 'group', a JID that ends in @g.us, and the 'code' of the invitation; its texts have 4096 characters at most.");
    }
}

/// <param name="Group">JID of the group.</param>
/// <param name="Code">The code that WhatsApp gave for this invitation.</param>
/// <param name="ExpiresAt">Until when the code is good.</param>
/// <param name="GroupName">The name of the group.</param>
/// <param name="Caption">The text below it.</param>
public sealed record GroupInviteRequest(
    string? Group, string? Code, DateTimeOffset? ExpiresAt = null, string? GroupName = null, string? Caption = null);
