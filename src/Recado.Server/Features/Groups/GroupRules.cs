using Microsoft.AspNetCore.Mvc;
using Recado.Protocol;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;

namespace Recado.Server.Features.Groups;

/// <summary>What requests about groups must keep to before WhatsApp is asked.</summary>
internal static class GroupRules
{
    private const int MostUsers = 256, LongestSubject = 100, LongestInvite = 128;

    private static readonly int[] Timers = [0, 86_400, 604_800, 7_776_000];

    /// <summary>The JID of a group that an address names, with or without <c>@g.us</c>; null when it names none.</summary>
    public static string? Address(string text) =>
        Jid.TryParse(text.Contains('@', StringComparison.Ordinal) ? text : $"{text}@g.us", out var jid) && jid.IsGroup && jid.User.Length > 0
            ? jid.ToString()
            : null;

    public static ProblemDetails? Subject(string? subject, bool isRequired) =>
        subject is null ? (isRequired ? Problems.InvalidField("subject", "'subject' is missing: the group's name.", "invalid_subject") : null)
        : subject.Trim().Length is 0 or > LongestSubject
            ? Problems.InvalidField("subject", $"'subject' must be a name of 1 to {LongestSubject} characters.", "invalid_subject")
            : null;

    public static ProblemDetails? Settings(GroupSettingsRequest request)
    {
        if (request.MemberAddMode is { } mode && GroupWords.ToMode(mode) is null)
            return Problems.InvalidField("memberAddMode", "'memberAddMode' must be admins or everyone.");

        return request.DisappearingSeconds is { } seconds && !Timers.Contains(seconds)
            ? Problems.InvalidField("disappearingSeconds", "'disappearingSeconds' must be 86400 (a day), 604800 (a week), 7776000 (90 days), or 0 for off.", "invalid_timer")
            : null;
    }

    public static ProblemDetails? Users(IReadOnlyList<string>? users, bool mayBeEmpty)
    {
        if (users is null or { Count: 0 })
            return mayBeEmpty ? null : Problems.InvalidField("participants", "'participants' is empty. Name phone numbers in international form or JIDs.");
        if (users.Count > MostUsers)
            return Problems.InvalidField("participants", $"'participants' may name {MostUsers} users at a time.");

        foreach (var user in users)
        {
            if (user is null || Recipient.Parse(user) is not ({ IsGroup: false }, _))
                return Problems.InvalidField("participants", $"'participants' holds '{Shown(user)}', which is neither a phone number in international form nor a user's JID.", "invalid_participant");
        }

        return null;
    }

    public static ProblemDetails? Invite(string? invite) => invite?.Trim() is { Length: > 0 and <= LongestInvite } text && text.All(char.IsAscii)
        ? null
        : Problems.InvalidField("invite", "'invite' is missing: a link such as https://chat.whatsapp.com/AbCdEfGh, or the code at its end.", "invalid_invite");

    private static string? Shown(string? text) => text?.Length > 32 ? text[..32] : text;
}
