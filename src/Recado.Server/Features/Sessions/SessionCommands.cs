using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Messages;

namespace Recado.Server.Features.Sessions;

/// <param name="To">The recipient's forms to try, in order: phone numbers in international form (digits only), or JIDs.</param>
/// <param name="Message">The message in protobuf; nothing when there is an <paramref name="Answer"/>.</param>
/// <param name="Answer">What is encrypted only by the session, which has the secret of the message it answers.</param>
[GenerateSerializer, Immutable, Alias("recado.send-message")]
internal sealed record SendMessage(
    [property: Id(0)] IReadOnlyList<string> To, [property: Id(1)] byte[] Message, [property: Id(2)] MessageAnswer? Answer = null)
{
    /// <summary>The id to send under; null for a new one. What was sent under it already is not sent again.</summary>
    [Id(3)] public string? MessageId { get; init; }

    /// <summary>That it may wait when it cannot be sent now, and how its row looks meanwhile; null when it may not.</summary>
    [Id(4)] public WaitingHint? Waiting { get; init; }

    public static SendMessage Of(IReadOnlyList<string> to, MessageContent content) => content switch
    {
        PollVoteContent vote => new(to, [], MessageAnswer.To(vote.Poll, vote.Options, choice: 0)),
        EventResponseContent response => new(to, [], MessageAnswer.To(response.Event, options: null, (int)response.Answer)),
        _ => new(to, MessageContentMapper.ToProto(content).ToByteArray()),
    };

    public MessageContent ToContent() => Answer switch
    {
        null => MessageContentMapper.FromProto(MessageContentMapper.Parse(Message)),
        { Options: { } options } vote => PollVoteContent.For(vote.ToTarget(), options),
        var response => new EventResponseContent(response.ToTarget(), (EventAnswer)response.Choice),
    };
}

/// <param name="Chat">JID of the chat, by what is known before WhatsApp is asked.</param>
[GenerateSerializer, Immutable, Alias("recado.waiting-hint")]
internal sealed record WaitingHint([property: Id(0)] string Chat, [property: Id(1)] bool IsGroup);

/// <summary>A vote in a poll, or an answer to an event.</summary>
/// <param name="MessageId">The poll or event.</param>
/// <param name="IsOwn">Whether the account itself wrote that.</param>
/// <param name="Options">The chosen options of a poll; null for an event.</param>
/// <param name="Choice">The answer to an event, an <see cref="EventAnswer"/>.</param>
/// <param name="Author">JID of who wrote it, within a group; without it the other members look for it among their own.</param>
[GenerateSerializer, Immutable, Alias("recado.message-answer")]
internal sealed record MessageAnswer(
    [property: Id(0)] string MessageId, [property: Id(1)] bool IsOwn, [property: Id(2)] IReadOnlyList<string>? Options, [property: Id(3)] int Choice,
    [property: Id(4)] string? Author)
{
    public static MessageAnswer To(MessageTarget target, IReadOnlyList<string>? options, int choice) =>
        new(target.Id, target.IsFromActor, options, choice, target.Author?.ToString());

    public MessageTarget ToTarget() => new(MessageId, Chat: null, IsOwn, Author is null ? null : Jid.Parse(Author));
}

/// <param name="Chat">JID of the chat.</param>
/// <param name="Participant">JID of the sender when the chat is a group.</param>
[GenerateSerializer, Immutable, Alias("recado.mark-read")]
internal sealed record MarkRead(
    [property: Id(0)] string Chat, [property: Id(1)] string? Participant, [property: Id(2)] IReadOnlyList<string> MessageIds);

/// <summary>How a command to a session ended.</summary>
[GenerateSerializer, Alias("recado.session-outcome")]
internal enum SessionOutcome
{
    Done,

    /// <summary>No such session (any more).</summary>
    NotFound,

    /// <summary>The command needs a connection.</summary>
    NotConnected,

    /// <summary>The user already runs as many sessions as the limit allows.</summary>
    LimitReached,

    /// <summary>The session's keys cannot be read or the session is owned by another process; the status says why.</summary>
    Unavailable,

    /// <summary>The server is stopping.</summary>
    Stopping,
}

/// <summary>How sending a message ended.</summary>
[GenerateSerializer, Immutable, Alias("recado.send-outcome")]
internal abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>Whether the message is WhatsApp's, or on its way there for good.</summary>
    public bool HasLeft => this is Sent or NotAcknowledged or Refused { MessageId: not null };

    /// <summary>The message waits.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.queued")]
    public sealed record Queued([property: Id(0)] string MessageId, [property: Id(1)] DateTimeOffset Timestamp) : SendOutcome;

    /// <summary>The session has sent too much of late. Nothing was sent; there is room again after <paramref name="Wait"/>.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.too-fast")]
    public sealed record TooFast([property: Id(0)] TimeSpan Wait) : SendOutcome;

    /// <summary>As many messages wait already as may. Nothing was sent.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.queue-full")]
    public sealed record QueueFull([property: Id(0)] int Limit) : SendOutcome;

    /// <summary>WhatsApp took the message.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.sent")]
    public sealed record Sent([property: Id(0)] string MessageId, [property: Id(1)] DateTimeOffset Timestamp) : SendOutcome;

    /// <summary>The session is not connected; <paramref name="Status"/> says what it is instead. Nothing was sent.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.not-connected")]
    public sealed record NotConnected([property: Id(0)] string Status) : SendOutcome;

    /// <summary>No such session (any more).</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.not-found")]
    public sealed record NotFound : SendOutcome;

    /// <summary>The recipient is a JID that does not parse or cannot be written to.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.invalid-recipient")]
    public sealed record InvalidRecipient : SendOutcome;

    /// <summary>The number is not on WhatsApp.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.not-on-whatsapp")]
    public sealed record NotOnWhatsApp : SendOutcome;

    /// <summary>The account is not in the group, or there is no such group. Nothing was sent.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.not-a-member")]
    public sealed record NotAMember : SendOutcome;

    /// <summary>The message that is answered is not known to the session. Nothing was sent.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.target-unknown")]
    public sealed record TargetUnknown : SendOutcome;

    /// <summary>WhatsApp did not answer a question that had to come before the message. Nothing was sent.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.no-answer")]
    public sealed record NoAnswer : SendOutcome;

    /// <summary>WhatsApp refused the message with <paramref name="Code"/>, or, when there is no id yet, a question that had to come before it.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.refused")]
    public sealed record Refused([property: Id(0)] string? MessageId, [property: Id(1)] int Code) : SendOutcome;

    /// <summary>No answer in time. The message is stored and goes out again by itself after a reconnect.</summary>
    [GenerateSerializer, Immutable, Alias("recado.send-outcome.not-acknowledged")]
    public sealed record NotAcknowledged([property: Id(0)] string MessageId) : SendOutcome;
}

/// <summary>What a session is doing.</summary>
/// <param name="Status">One of <see cref="Storage.SessionStates"/>.</param>
/// <param name="PhoneNumber">Digits in international form, once paired.</param>
/// <param name="Reason">A sentence: what happened and what to do.</param>
/// <param name="ReasonCode">The same as a stable word.</param>
/// <param name="Qr">The code to scan now, or null.</param>
[GenerateSerializer, Immutable, Alias("recado.session-status")]
internal sealed record SessionStatus(
    [property: Id(0)] string Status,
    [property: Id(1)] string? PhoneNumber,
    [property: Id(2)] string? Reason,
    [property: Id(3)] string? ReasonCode,
    [property: Id(4)] SessionQr? Qr);

/// <param name="Code">The text inside the QR code. A secret: whoever scans it links the device.</param>
/// <param name="Number">Which code of the round this is, from 1; the log's <c>qr_code</c> row holds the same number and expiry.</param>
[GenerateSerializer, Immutable, Alias("recado.session-qr")]
internal sealed record SessionQr([property: Id(0)] string Code, [property: Id(1)] DateTimeOffset ExpiresAt, [property: Id(2)] int Number);
