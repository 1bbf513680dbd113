using Google.Protobuf;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Secrets;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.Sending;

/// <summary>Makes the message out of what a caller wants to say: names as the chat uses them, times, secret.</summary>
internal sealed class OutgoingContents(DeviceState state, OwnDevice own, MessageSecrets secrets, ClientOptions options)
{
    /// <summary>The content as it leaves and its message; null when it is about a message whose secret is not known here.</summary>
    public async ValueTask<(MessageContent Content, Message Message)?> PrepareAsync(
        MessageContent content, Destination destination, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var target = TargetOf(content) is { } given ? await InAsync(device, given, destination, ct).ConfigureAwait(false) : null;
        var complete = Complete(content, target, options.Time.GetUtcNow());
        if (destination.Expiration is { } expiration && CarriesSecret(complete) && complete.Context?.Expiration is null)
            complete = complete with { Context = (complete.Context ?? new()) with { Expiration = expiration } };
        complete = await WithNamesAsync(device, complete, destination, ct).ConfigureAwait(false);
        var sealable = complete switch
        {
            PollVoteContent vote => vote.Poll,
            EventResponseContent response => response.Event,
            CommentContent comment => comment.Target,
            _ => null,
        };
        if (sealable is null)
            return (complete, WithSecret(MessageContentMapper.ToProto(complete), complete));

        return await secrets.SealAsync(device, destination.To, sealable, complete, ct).ConfigureAwait(false) is { } hidden
            ? (complete, MessageContentMapper.ToProto(hidden))
            : null;
    }

    private static MessageTarget? TargetOf(MessageContent content) => content switch
    {
        ReactionContent reaction => reaction.Target,
        EditContent edit => edit.Target,
        RevokeContent revoke => revoke.Target,
        CommentContent comment => comment.Target,
        PinContent pin => pin.Target,
        KeepContent keep => keep.Target,
        PollVoteContent vote => vote.Poll,
        EventResponseContent response => response.Event,
        _ => null,
    };

    private static MessageContent Complete(MessageContent content, MessageTarget? target, DateTimeOffset now) => content switch
    {
        ReactionContent reaction => reaction with { Target = target!, At = reaction.At ?? now },
        EditContent edit => edit with { Target = target!, At = edit.At ?? now },
        RevokeContent revoke => revoke with { Target = target! },
        CommentContent comment => comment with { Target = target! },
        PinContent pin => pin with { Target = target!, At = pin.At ?? now },
        KeepContent keep => keep with { Target = target!, At = keep.At ?? now },
        PollVoteContent vote => vote with { Poll = target!, At = vote.At ?? now },
        EventResponseContent response => response with { Event = target!, At = response.At ?? now },
        DisappearingTimerContent timer => timer with { At = timer.At ?? now },
        _ => content,
    };

    /// <summary>A message as this chat names it: in a group also by its author, when that is somebody else.</summary>
    private async ValueTask<MessageTarget> InAsync(DeviceTransaction device, MessageTarget target, Destination destination, CancellationToken ct)
    {
        target = target with { Chat = destination.To };
        if (!destination.To.IsGroup || target.Author is not { } author)
            return target;

        return target with
        {
            Author = target.IsFromActor ? null : await NameAsync(device, author, destination, ct).ConfigureAwait(false),
        };
    }

    /// <summary>In a chat by LID people are quoted and mentioned by LID; a mention stands in the text as well.</summary>
    private async ValueTask<MessageContent> WithNamesAsync(
        DeviceTransaction device, MessageContent content, Destination destination, CancellationToken ct)
    {
        if (content.Context is not { } context)
            return content;

        if (context.Quote is { Author: { } author } quote)
            context = context with { Quote = quote with { Author = await NameAsync(device, author, destination, ct).ConfigureAwait(false) } };

        var mentions = new List<Jid>(context.Mentions.Count);
        foreach (var mention in context.Mentions)
        {
            var name = await NameAsync(device, mention, destination, ct).ConfigureAwait(false);
            mentions.Add(name);
            if (content is TextContent text && name != mention)
                content = text with { Text = text.Text.Replace($"@{mention.User}", $"@{name.User}", StringComparison.Ordinal) };
        }

        return content with { Context = context with { Mentions = mentions } };
    }

    private async ValueTask<Jid> NameAsync(DeviceTransaction device, Jid user, Destination destination, CancellationToken ct)
    {
        if (own.Paired.IsOwn(user))
            return destination.Self.ToUser();

        var name = destination.Self.IsPhoneNumber
            ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false)
            : await device.LidOfAsync(user, ct).ConfigureAwait(false);
        return name ?? user.ToUser();
    }

    private static bool CarriesSecret(MessageContent content) =>
        content is TextContent or MediaContent or LocationContent or LiveLocationContent or ContactsContent or PollContent or EventContent;

    /// <summary>Everything that can be answered or reported carries a secret.</summary>
    private Message WithSecret(Message message, MessageContent content)
    {
        if (CarriesSecret(content))
        {
            message.MessageContextInfo ??= new();
            message.MessageContextInfo.MessageSecret = ByteString.CopyFrom(MessageSecret.Create(options.Random));
        }

        return message;
    }
}
