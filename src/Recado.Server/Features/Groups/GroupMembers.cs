using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Features.Messages;
using Recado.Server.Features.People;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.Groups;

/// <summary>Users that a request names, with their JIDs as WhatsApp knows them.</summary>
internal sealed class GroupMembers
{
    private readonly IReadOnlyList<(string Name, Jid? Jid)> _members;

    private GroupMembers(IReadOnlyList<(string Name, Jid? Jid)> members) => _members = members;

    /// <summary>Those who are on WhatsApp, each once.</summary>
    public IReadOnlyList<Jid> Known => [.. _members.Select(member => member.Jid).OfType<Jid>().Distinct()];

    /// <summary>Asks WhatsApp for the form of each number that it knows.</summary>
    /// <param name="names">Phone numbers or JIDs that <see cref="Recipient.Parse"/> takes as users.</param>
    public static async Task<GroupMembers> ResolveAsync(WhatsAppClient client, IReadOnlyList<string> names, CancellationToken ct)
    {
        var forms = names.Distinct().ToDictionary(name => name, name => Recipient.Parse(name).Recipient!.Forms);
        string[] numbers = [.. names.Distinct().Where(name => !Recipients.TryParse(forms[name][0], out var jid) || !jid.IsLid)];
        var found = (await new CheckNumbers([.. numbers.Select(number => forms[number])]).RunAsync(client, ct)).Numbers.ToList();
        return new GroupMembers([.. names.Select(name => (name, Find(name)))]);

        Jid? Find(string name) => Array.IndexOf(numbers, name) is var at and >= 0
            ? found[at] is { Exists: true, Jid: { } jid } ? Jid.Parse(jid) : null
            : Jid.Parse(forms[name][0]);
    }

    /// <summary>One result for each user that was named, in that order.</summary>
    public IReadOnlyList<MemberResult> Report(IReadOnlyList<ParticipantResult> results) =>
    [
        .. _members.Select(member => member.Jid is not { } jid
            ? MemberResult.NotOnWhatsApp(member.Name)
            : MemberResult.Of(member.Name, results.FirstOrDefault(result => result.Jid.ToUser() == jid || result.PhoneNumber == jid || result.Lid == jid)
                ?? new ParticipantResult(jid, ParticipantResult.Done))),
    ];
}
