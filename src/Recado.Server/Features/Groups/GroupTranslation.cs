using System.Text.Json;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Groups;

/// <summary>A change of a group as what the journal writes: a row in the group's chat, then the event about it. Pure.</summary>
internal static class GroupTranslation
{
    public static JournalEntry Of(SessionRow session, GroupChanged changed, RisingIds ids)
    {
        var content = GroupBodies.Of(changed.Changes);
        var actor = changed.Actor;
        var lid = actor is { IsLid: true } ? actor : null;
        var row = new MessageRow
        {
            Id = ids.Next(),
            UserId = session.UserId,
            SessionId = session.Id,
            Direction = MessageDirections.Received,
            Content = content,
            Status = MessageStatuses.Read, // nobody waits for it to be read
            Timestamp = changed.Timestamp,
            WhatsAppId = changed.Id,
            Chat = changed.Group.ToString(),
            Sender = (changed.ActorPhoneNumber ?? actor ?? changed.Group).ToString(),
            PhoneNumber = changed.ActorPhoneNumber?.User,
            Lid = lid?.ToString(),
            PushName = changed.ActorName,
            IsGroup = true,
            Origin = changed.Origin == MessageOrigin.Live ? "live" : "offline",
        };
        var payload = new
        {
            sessionId = session.Id,
            group = row.Chat,
            changes = content.GetProperty("changes"),
            actor = actor is null ? null : new { jid = actor.Value.ToString(), phoneNumber = row.PhoneNumber, lid = row.Lid, pushName = row.PushName },
            timestamp = row.Timestamp,
            messageId = row.WhatsAppId,
            origin = row.Origin,
        };
        return new JournalEntry.Message(row, new JournalEntry.Event(EventTypes.GroupUpdate, JsonSerializer.Serialize(payload, RecadoJson.Options)));
    }

    /// <summary>The names that the group's chat gets by the change.</summary>
    public static IEnumerable<JournalEntry> NamesOf(GroupChanged changed) => changed.Changes
        .Select(change => change switch
        {
            GroupJoined joined => joined.Info.Subject,
            SubjectChanged renamed => renamed.Subject,
            _ => null,
        })
        .OfType<string>().Select(name => new JournalEntry.ChatName(changed.Group.ToString(), name));

    /// <summary>Whoever has gone is not waited for any more.</summary>
    public static IEnumerable<JournalEntry> DeparturesOf(SessionRow session, GroupChanged changed) => changed.Changes
        .OfType<ParticipantsChanged>()
        .Where(change => change is { Action: ParticipantAction.Remove, Participants.Count: > 0 })
        .Select(change => new JournalEntry.MembersLeft(
            changed.Group.ToString(),
            [.. change.Participants.SelectMany(NamesOf).Distinct()],
            (message, status) => SessionTranslator.Status(session, message, status, changed.Group.ToString(), changed.Timestamp)));

    private static IEnumerable<string> NamesOf(GroupParticipant member) =>
        new[] { member.Jid.ToUser(), member.Lid, member.PhoneNumber }.OfType<Jid>().Select(name => name.ToString());
}
