using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Features.Messages;

namespace Recado.Server.Features.Groups;

/// <summary>Users that a request names, with their JIDs as WhatsApp knows them.</summary>
internal sealed class GroupMembers
{
    private readonly List<(string Name, Jid? Jid)> _members = [];

    private GroupMembers() { }

    /// <summary>Those who are on WhatsApp, each once.</summary>
    public IReadOnlyList<Jid> Known => [.. _members.Select(member => member.Jid).OfType<Jid>().Distinct()];

    /// <summary>Asks WhatsApp for the form of each number that it knows.</summary>
    /// <param name="names">Phone numbers or JIDs that <see cref="Recipient.Parse"/> takes as users.</param>
    public static async Task<GroupMembers> ResolveAsync(WhatsAppClient client, IReadOnlyList<string> names, CancellationToken ct)
    {
        var members = new GroupMembers();
        foreach (var name in names)
            members._members.Add((name, await FindAsync(client, name, ct)));

        return members;
    }

    /// <summary>One result for each user that was named, in that order.</summary>
    public IReadOnlyList<MemberResult> Report(IReadOnlyList<ParticipantResult> results) =>
    [
        .. _members.Select(member => member.Jid is not { } jid
            ? MemberResult.NotOnWhatsApp(member.Name)
            : MemberResult.Of(member.Name, results.FirstOrDefault(result => result.Jid.ToUser() == jid || result.PhoneNumber == jid || result.Lid == jid)
                ?? new ParticipantResult(jid, ParticipantResult.Done))),
    ];

    private static async Task<Jid?> FindAsync(WhatsAppClient client, string name, CancellationToken ct)
    {
        foreach (var form in Recipient.Parse(name).Recipient?.Forms ?? [])
        {
            if (Jid.TryParse(form, out var jid) && jid.IsLid)
                return jid;
            if (await client.ResolveAsync(jid.IsPhoneNumber ? jid.User : form, ct) is { } found)
                return found;
        }

        return null;
    }
}
