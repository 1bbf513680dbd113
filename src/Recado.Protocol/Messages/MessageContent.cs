namespace Recado.Protocol.Messages;

/// <summary>What a message says. The family is closed: a switch over its records is complete.</summary>
public abstract record MessageContent
{
    private protected MessageContent()
    {
    }

    /// <summary>
    /// Quote, mentions, forwarding and disappearing timer; null when there are none. Kinds that act on another message
    /// (reaction, edit, vote and the like) have none.
    /// </summary>
    public MessageContext? Context { get; init; }
}

/// <summary>Text.</summary>
/// <param name="Text">The text. Mentions stand in it as <c>@</c> and the user part of the JID.</param>
/// <param name="Preview">The card shown for a link in the text.</param>
public sealed record TextContent(string Text, LinkPreview? Preview = null) : MessageContent;

/// <summary>The card shown for a link.</summary>
/// <param name="Url">The link as it stands in the text.</param>
/// <param name="Title">The title of the page.</param>
/// <param name="Description">What the page says about itself.</param>
/// <param name="Thumbnail">A small JPEG, shown until the large one is there.</param>
public sealed record LinkPreview(string Url, string? Title = null, string? Description = null, byte[]? Thumbnail = null)
{
    /// <summary>A larger JPEG, uploaded apart.</summary>
    public MediaReference? LargeThumbnail { get; init; }

    /// <summary>Pixels of the large thumbnail; 0 when unknown.</summary>
    public uint Width { get; init; }

    /// <summary>Pixels of the large thumbnail; 0 when unknown.</summary>
    public uint Height { get; init; }
}

/// <summary>A kind this version does not take apart. Nothing of it is lost.</summary>
/// <param name="Kind">Lower snake case, such as <c>call</c> or <c>sticker_pack</c>; <c>unknown</c> for a kind without a name here.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record UnsupportedContent(string Kind, byte[] Protobuf) : MessageContent;
