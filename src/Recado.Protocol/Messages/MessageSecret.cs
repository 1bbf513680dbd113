using System.Security.Cryptography;
using System.Text;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Messages;

/// <summary>
/// What others say about a message, encrypted with the secret that came inside of it: <c>key = HKDF-SHA256(secret, no salt,
/// message id ‖ author ‖ actor ‖ use, 32)</c>, AES-256-GCM. Authors and actors go in without device, in the form (phone number or
/// LID) that the encrypting client used; the reader may have to try both.
/// </summary>
public static class MessageSecret
{
    /// <summary>Bytes of a secret.</summary>
    public const int Length = 32;

    /// <summary>A secret for a new message.</summary>
    public static byte[] Create(IRandomSource random) => random.Bytes(Length);

    /// <summary>Encrypts a vote, an event response, a reaction, a comment or an edit. Draws 12 bytes.</summary>
    /// <param name="content">A <see cref="PollVoteContent"/>, <see cref="EventResponseContent"/>, <see cref="ReactionContent"/>,
    /// <see cref="CommentContent"/>, or an <see cref="EditContent"/> of a text, event or poll.</param>
    /// <param name="secret">The secret of the message it is about.</param>
    /// <param name="author">Who wrote that message.</param>
    /// <param name="actor">Who says this about it.</param>
    /// <param name="random">Where the initialisation vector comes from.</param>
    /// <exception cref="ArgumentException">Such content is not sent encrypted.</exception>
    public static EncryptedContent Seal(MessageContent content, ReadOnlySpan<byte> secret, Jid author, Jid actor, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var (kind, target, at, plaintext) = SecretPlaintext.Write(content);
        var iv = random.Bytes(SealedBox.IvLength);
        var key = Key(secret, target.Id, author, actor, Use(kind));
        return new(kind, target, new(iv, SealedBox.Seal(key, iv, plaintext, Binding(kind, target.Id, actor))), at);
    }

    /// <summary>
    /// Decrypts what someone says about a message. Everyone who received that message holds its secret: whether this one may edit it
    /// is for the caller to judge.
    /// </summary>
    /// <param name="content">The encrypted content.</param>
    /// <param name="secret">The secret of the message it is about.</param>
    /// <param name="authors">The names of who wrote that message: phone number and LID, as far as known.</param>
    /// <param name="actors">The names of who says this about it.</param>
    /// <exception cref="ProtocolException">None of the names fits, the ciphertext was changed (<see cref="ProtocolError.Tampered"/>),
    /// or what was encrypted does not parse (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static MessageContent Open(EncryptedContent content, ReadOnlySpan<byte> secret, IReadOnlyList<Jid> authors, IReadOnlyList<Jid> actors)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(authors);
        ArgumentNullException.ThrowIfNull(actors);
        foreach (var author in authors)
        {
            foreach (var actor in actors)
            {
                var id = content.Target.Id;
                var key = Key(secret, id, author, actor, Use(content.Kind));
                if (TryDecrypt(key, content.Payload, Binding(content.Kind, id, actor)) is { } plaintext)
                    return SecretPlaintext.Read(content, plaintext);
            }
        }

        throw ProtocolException.Tampered();
    }

    /// <summary>The serialised message in the answer of a bot.</summary>
    /// <param name="payload">The ciphertext.</param>
    /// <param name="secret">The secret of the question.</param>
    /// <param name="messageId">The id of the answer, or of the first part of an answer that comes in parts.</param>
    /// <param name="author">Who asked.</param>
    /// <param name="bot">The bot.</param>
    /// <exception cref="ProtocolException">The ciphertext was changed, or belongs to another question (<see cref="ProtocolError.Tampered"/>).</exception>
    public static byte[] OpenBotAnswer(EncryptedPayload payload, ReadOnlySpan<byte> secret, string messageId, Jid author, Jid bot)
    {
        ArgumentNullException.ThrowIfNull(payload);
        var key = Key(BotSecret(secret), messageId, author, bot, use: "");
        return TryDecrypt(key, payload, Binding(messageId, bot)) ?? throw ProtocolException.Tampered();
    }

    /// <summary>The secret a bot is given instead of the message's own.</summary>
    public static byte[] BotSecret(ReadOnlySpan<byte> secret)
    {
        var derived = new byte[Length];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, derived, salt: [], info: "Bot Message"u8);
        return derived;
    }

    internal static byte[] Key(ReadOnlySpan<byte> secret, string messageId, Jid author, Jid actor, string use)
    {
        var key = new byte[Length];
        var info = Encoding.UTF8.GetBytes($"{messageId}{author.ToUser()}{actor.ToUser()}{use}");
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, key, salt: [], info);
        return key;
    }

    private static byte[]? TryDecrypt(ReadOnlySpan<byte> key, EncryptedPayload payload, ReadOnlySpan<byte> binding) =>
        SealedBox.TryOpen(key, payload.Iv, payload.Ciphertext, binding);

    private static byte[] Binding(EncryptedKind kind, string messageId, Jid actor) =>
        kind is EncryptedKind.PollVote or EncryptedKind.EventResponse ? Binding(messageId, actor) : [];

    /// <summary>Associated data: message id ‖ 00 ‖ actor.</summary>
    private static byte[] Binding(string messageId, Jid actor) => Encoding.UTF8.GetBytes($"{messageId}\0{actor.ToUser()}");

    private static string Use(EncryptedKind kind) => kind switch
    {
        EncryptedKind.PollVote => "Poll Vote",
        EncryptedKind.EventResponse => "Event Response",
        EncryptedKind.Reaction => "Enc Reaction",
        EncryptedKind.Comment => "Enc Comment",
        EncryptedKind.MessageEdit => "Message Edit",
        EncryptedKind.EventEdit => "Event Edit",
        EncryptedKind.PollEdit => "Poll Edit",
        EncryptedKind.PollOption => "Poll Add Option",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no key for this kind."),
    };
}
