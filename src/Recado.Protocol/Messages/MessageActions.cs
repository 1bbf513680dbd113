namespace Recado.Protocol.Messages;

/// <summary>A reaction to a message, or its removal.</summary>
/// <param name="Target">The message.</param>
/// <param name="Emoji">The reaction; empty when it is taken back.</param>
/// <param name="At">When; the newest reaction of a person counts.</param>
public sealed record ReactionContent(MessageTarget Target, string Emoji, DateTimeOffset? At = null) : MessageContent
{
    /// <summary>Whether an earlier reaction is taken back.</summary>
    public bool IsRemoval => Emoji.Length == 0;
}

/// <summary>A message gets another text. That its author asks for it is for the receiver to check.</summary>
/// <param name="Target">The message.</param>
/// <param name="Content">What it says from now on.</param>
/// <param name="At">When it was edited.</param>
public sealed record EditContent(MessageTarget Target, MessageContent Content, DateTimeOffset? At = null) : MessageContent;

/// <summary>A comment on a message of an announcement group.</summary>
/// <param name="Target">The message.</param>
/// <param name="Content">What it says.</param>
public sealed record CommentContent(MessageTarget Target, MessageContent Content) : MessageContent;

/// <summary>A message is deleted for everyone. That its author or an admin asks for it is for the receiver to check.</summary>
/// <param name="Target">The message.</param>
public sealed record RevokeContent(MessageTarget Target) : MessageContent
{
    /// <summary>Whether an admin of the group asks for it, rather than the author. Not part of the message: the receiver finds it out.</summary>
    public bool IsByAdmin { get; init; }
}

/// <summary>A message is pinned in the chat, or no longer.</summary>
/// <param name="Target">The message.</param>
/// <param name="IsPinned">Whether it is pinned from now on.</param>
/// <param name="Duration">For how long; WhatsApp offers 1, 7 and 30 days.</param>
/// <param name="At">When.</param>
public sealed record PinContent(MessageTarget Target, bool IsPinned, TimeSpan? Duration = null, DateTimeOffset? At = null) : MessageContent;

/// <summary>A disappearing message is kept, or no longer.</summary>
/// <param name="Target">The message.</param>
/// <param name="IsKept">Whether it stays from now on.</param>
/// <param name="At">When.</param>
public sealed record KeepContent(MessageTarget Target, bool IsKept, DateTimeOffset? At = null) : MessageContent;

/// <summary>New messages of the chat disappear from now on, or stay.</summary>
/// <param name="Duration">After how long they disappear; null when they stay. WhatsApp offers 1, 7 and 90 days.</param>
/// <param name="At">When it was set.</param>
public sealed record DisappearingTimerContent(TimeSpan? Duration, DateTimeOffset? At = null) : MessageContent;
