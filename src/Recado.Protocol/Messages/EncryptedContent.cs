namespace Recado.Protocol.Messages;

/// <summary>What an encrypted message is about. Each is encrypted under a key of its own.</summary>
public enum EncryptedKind
{
    /// <summary>A vote in a poll; holds the hashes of the chosen options.</summary>
    PollVote,

    /// <summary>An answer to an event.</summary>
    EventResponse,

    /// <summary>A reaction within an announcement group.</summary>
    Reaction,

    /// <summary>A comment on a message of an announcement group.</summary>
    Comment,

    /// <summary>A message gets another text.</summary>
    MessageEdit,

    /// <summary>An event is changed.</summary>
    EventEdit,

    /// <summary>A poll is changed.</summary>
    PollEdit,

    /// <summary>A poll gets another option.</summary>
    PollOption,
}

/// <summary>
/// Something about another message that only those who received that message can read. <see cref="MessageSecret"/> opens it.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Target">The message whose secret encrypts it.</param>
/// <param name="Payload">The ciphertext.</param>
/// <param name="At">When; the newest vote of a person counts.</param>
public sealed record EncryptedContent(EncryptedKind Kind, MessageTarget Target, EncryptedPayload Payload, DateTimeOffset? At = null)
    : MessageContent;

/// <summary>AES-256-GCM with the tag at the end.</summary>
/// <param name="Iv">12 bytes.</param>
/// <param name="Ciphertext">Ciphertext and tag.</param>
public sealed record EncryptedPayload(byte[] Iv, byte[] Ciphertext);
