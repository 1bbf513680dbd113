using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Polls and events.</summary>
internal static class PollMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.PollCreationMessage is { } poll)
            return Poll(poll);
        if (message.PollCreationMessageV2 is { } forAnnouncements)
            return Poll(forAnnouncements, isForAnnouncements: true);
        if ((message.PollCreationMessageV3 ?? message.PollCreationMessageV5 ?? message.PollCreationMessageV6) is { } later)
            return Poll(later);
        if (message.EventMessage is { } happening)
            return Event(happening);
        if (message.PollAddOptionMessage is { } added)
            return Option(added);

        return null;
    }

    /// <summary>Clients tell polls of one choice by their field.</summary>
    public static Message Write(PollContent content)
    {
        var poll = new PollCreationMessage
        {
            Name = content.Question,
            SelectableOptionsCount = content.SelectableCount,
            ContextInfo = ContextMapping.Write(content.Context),
        };
        poll.Options.AddRange(content.Options.Select(name => new PollCreationMessage.Types.Option { OptionName = name }));
        if (content.EndsAt is { } endsAt)
            poll.EndTime = endsAt.ToUnixTimeSeconds();
        if (content.HidesVoters)
            poll.HideParticipantName = true;
        if (content.AllowsNewOptions)
            poll.AllowAddOption = true;

        if (content.IsForAnnouncements)
            return new() { PollCreationMessageV2 = poll };
        return content.SelectableCount == 1 ? new() { PollCreationMessageV3 = poll } : new() { PollCreationMessage = poll };
    }

    public static Message Write(PollOptionContent content) => new()
    {
        PollAddOptionMessage = new() { PollCreationMessageKey = content.Poll.ToKey(), AddOption = new() { OptionName = content.Option } },
    };

    public static Message Write(EventContent content)
    {
        var happening = new EventMessage
        {
            Name = content.Name,
            IsCanceled = content.IsCanceled,
            ContextInfo = ContextMapping.Write(content.Context),
        };
        if (content.Description is { } description)
            happening.Description = description;
        if (content.Location is { } location)
            happening.Location = CardMapping.Write(location);
        if (content.JoinLink is { } link)
            happening.JoinLink = link;
        if (content.StartsAt is { } startsAt)
            happening.StartTime = startsAt.ToUnixTimeSeconds();
        if (content.EndsAt is { } endsAt)
            happening.EndTime = endsAt.ToUnixTimeSeconds();
        if (content.AllowsGuests)
            happening.ExtraGuestsAllowed = true;

        return new() { EventMessage = happening };
    }

    private static PollContent? Poll(PollCreationMessage poll, bool isForAnnouncements = false) => !poll.HasName
        ? null
        : new(poll.Name, [.. poll.Options.Select(option => option.OptionName)], poll.SelectableOptionsCount)
        {
            IsForAnnouncements = isForAnnouncements,
            EndsAt = UnixTime.FromSeconds(poll.EndTime),
            HidesVoters = poll.HideParticipantName,
            AllowsNewOptions = poll.AllowAddOption,
            Context = ContextMapping.Read(poll.ContextInfo),
        };

    private static PollOptionContent? Option(PollAddOptionMessage added) =>
        added.PollCreationMessageKey.ToTarget() is { } poll && added.AddOption?.OptionName.OrNull() is { } option ? new(poll, option) : null;

    private static EventContent? Event(EventMessage happening) => !happening.HasName
        ? null
        : new(happening.Name, UnixTime.FromSeconds(happening.StartTime))
        {
            Description = happening.Description.OrNull(),
            EndsAt = UnixTime.FromSeconds(happening.EndTime),
            Location = CardMapping.Location(happening.Location),
            JoinLink = happening.JoinLink.OrNull(),
            IsCanceled = happening.IsCanceled,
            AllowsGuests = happening.ExtraGuestsAllowed,
            Context = ContextMapping.Read(happening.ContextInfo),
        };
}
