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
    public async ValueTask<(MessageContent Content, Message Message)?> PrepareAsync(MessageContent content, Jid to, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var complete = await WithNamesAsync(device, Complete(content, to, options.Time.GetUtcNow()), to, ct).ConfigureAwait(false);
        var sealable = complete switch
        {
            PollVoteContent vote => vote.Poll,
            EventResponseContent response => response.Event,
            CommentContent comment => comment.Target,
            _ => null,
        };
        if (sealable is null)
            return (complete, WithSecret(MessageContentMapper.ToProto(complete), complete));

        return await secrets.SealAsync(device, to, sealable, complete, ct).ConfigureAwait(false) is { } hidden
            ? (complete, MessageContentMapper.ToProto(hidden))
            : null;
    }

    private static MessageContent Complete(MessageContent content, Jid chat, DateTimeOffset now)
    {
        return content switch
        {
            ReactionContent reaction => reaction with { Target = In(reaction.Target), At = reaction.At ?? now },
            EditContent edit => edit with { Target = In(edit.Target), At = edit.At ?? now },
            RevokeContent revoke => revoke with { Target = In(revoke.Target) },
            CommentContent comment => comment with { Target = In(comment.Target) },
            PinContent pin => pin with { Target = In(pin.Target), At = pin.At ?? now },
            KeepContent keep => keep with { Target = In(keep.Target), At = keep.At ?? now },
            PollVoteContent vote => vote with { Poll = In(vote.Poll), At = vote.At ?? now },
            EventResponseContent response => response with { Event = In(response.Event), At = response.At ?? now },
            DisappearingTimerContent timer => timer with { At = timer.At ?? now },
            _ => content,
        };

        MessageTarget In(MessageTarget target) => target with { Chat = chat };
    }

    /// <summary>In a chat by LID people are quoted and mentioned by LID; a mention stands in the text as well.</summary>
    private async ValueTask<MessageContent> WithNamesAsync(DeviceTransaction device, MessageContent content, Jid to, CancellationToken ct)
    {
        if (content.Context is not { } context)
            return content;

        if (context.Quote is { Author: { } author } quote)
            context = context with { Quote = quote with { Author = await NameAsync(device, author, to, ct).ConfigureAwait(false) } };

        var mentions = new List<Jid>(context.Mentions.Count);
        foreach (var mention in context.Mentions)
        {
            var name = await NameAsync(device, mention, to, ct).ConfigureAwait(false);
            mentions.Add(name);
            if (content is TextContent text && name != mention)
                content = text with { Text = text.Text.Replace($"@{mention.User}", $"@{name.User}", StringComparison.Ordinal) };
        }

        return content with { Context = context with { Mentions = mentions } };
    }

    private async ValueTask<Jid> NameAsync(DeviceTransaction device, Jid user, Jid to, CancellationToken ct)
    {
        if (own.Paired.IsOwn(user))
            return own.JidLike(to).ToUser();

        var name = to.IsPhoneNumber
            ? await device.PhoneNumberOfAsync(user, ct).ConfigureAwait(false)
            : await device.LidOfAsync(user, ct).ConfigureAwait(false);
        return name ?? user.ToUser();
    }

    /// <summary>Everything that can be answered or reported carries a secret.</summary>
    private Message WithSecret(Message message, MessageContent content)
    {
        if (content is TextContent or MediaContent or LocationContent or LiveLocationContent or ContactsContent or PollContent or EventContent)
        {
            message.MessageContextInfo ??= new();
            message.MessageContextInfo.MessageSecret = ByteString.CopyFrom(MessageSecret.Create(options.Random));
        }

        return message;
    }
}
