namespace Recado.Interop.Tests.Kinds;

/// <summary>
/// A kind of message that Baileys sends, and what becomes of it. In the texts <c>{own}</c> stands for the id of an earlier message of the
/// sender, <c>{theirs}</c> for one of the recipient, <c>{file}</c> for the path of a file and <c>{sha256}</c> for its hash.
/// </summary>
/// <param name="Name">The kind.</param>
/// <param name="Content">What Baileys is given, as the driver's <c>revive</c> reads it.</param>
/// <param name="Protobuf">What the message that arrives must hold at least, as protobuf JSON.</param>
/// <param name="Event">What the event of our server must hold at least as the message's <c>content</c>.</param>
internal sealed record BaileysKind(string Name, string Content, string Protobuf, string Event)
{
    /// <summary>Options beside the content.</summary>
    public string Options { get; init; } = "{}";

    /// <summary>Whether the content is a protobuf, because Baileys does not compose the kind.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Whether Baileys can fetch the file of the message by itself.</summary>
    public bool IsFile => Content.Contains("{file}", StringComparison.Ordinal);

    /// <summary>What Baileys sends afterwards, so that the chat is as it was: our server heeds the chat's timer from then on.</summary>
    public string? Undo { get; init; }

    /// <summary>The type of our server's event.</summary>
    public string EventType { get; init; } = "message_received";

    /// <summary>The event with which Baileys tells of what happened to an earlier message; the message itself comes beside it.</summary>
    public BaileysEvent? Then { get; init; }
}

/// <summary>An event of Baileys about a message.</summary>
internal sealed record BaileysEvent(string Name, string MessageId);
