namespace Recado.Protocol.Messages;

/// <summary>What a message says. The family is closed: a switch over its records is complete.</summary>
public abstract record MessageContent
{
    private protected MessageContent()
    {
    }
}

/// <summary>Plain text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextContent(string Text) : MessageContent;

/// <summary>A kind this version does not take apart. Nothing of it is lost.</summary>
/// <param name="Kind">Lower snake case, such as <c>image</c> or <c>poll_vote</c>; <c>unknown</c> for a kind without a name here.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record UnsupportedContent(string Kind, byte[] Protobuf) : MessageContent;
