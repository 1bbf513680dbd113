namespace Recado.Protocol.Messages;

/// <summary>
/// A kind that businesses send and that is read here, not written. It is quoted and kept as the protobuf it came as.
/// </summary>
public abstract record BusinessContent : MessageContent
{
    private protected BusinessContent(byte[] protobuf) => Protobuf = protobuf;

    /// <summary>The serialised message.</summary>
    public byte[] Protobuf { get; init; }
}

/// <summary>What a menu was sent as.</summary>
public enum MenuKind
{
    /// <summary>A list behind a button.</summary>
    List,

    /// <summary>Buttons below a text.</summary>
    Buttons,

    /// <summary>A template with buttons.</summary>
    Template,

    /// <summary>An interactive message, which may be a row of cards.</summary>
    Interactive,
}

/// <summary>A text with choices: list, buttons, template or interactive message.</summary>
/// <param name="Kind">What it was sent as.</param>
/// <param name="Choices">The choices in order; empty when they are of a kind unknown here.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record MenuContent(MenuKind Kind, IReadOnlyList<MenuChoice> Choices, byte[] Protobuf) : BusinessContent(Protobuf)
{
    /// <summary>The heading.</summary>
    public string? Title { get; init; }

    /// <summary>The text.</summary>
    public string? Body { get; init; }

    /// <summary>The small text below.</summary>
    public string? Footer { get; init; }

    /// <summary>What the button says that opens a list.</summary>
    public string? ButtonText { get; init; }

    /// <summary>The picture, video, document or place above the text.</summary>
    public MessageContent? Header { get; init; }
}

/// <summary>One choice of a menu.</summary>
/// <param name="Id">What the answer names; for a link its address, for a call its number.</param>
/// <param name="Text">What it says.</param>
/// <param name="Description">The small text below.</param>
/// <param name="Section">The heading, or the card, it stands under.</param>
public sealed record MenuChoice(string Id, string Text, string? Description = null, string? Section = null);

/// <summary>The choice someone made in a menu.</summary>
/// <param name="Kind">What kind of menu it was.</param>
/// <param name="Id">The choice; for a flow its name.</param>
/// <param name="Text">What the choice says.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record MenuReplyContent(MenuKind Kind, string Id, string Text, byte[] Protobuf) : BusinessContent(Protobuf)
{
    /// <summary>The small text of a list's row.</summary>
    public string? Description { get; init; }

    /// <summary>What was filled in, as the JSON text of an interactive message's flow. It is whatever the sender wrote.</summary>
    public string? Parameters { get; init; }
}

/// <summary>An amount of money.</summary>
/// <param name="Thousandths">Thousandths of the currency's unit.</param>
/// <param name="Currency">ISO 4217 code.</param>
public sealed record Money(long Thousandths, string Currency);

/// <summary>A product out of a catalogue.</summary>
/// <param name="ProductId">Its id.</param>
/// <param name="Title">Its name.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record ProductContent(string ProductId, string? Title, byte[] Protobuf) : BusinessContent(Protobuf)
{
    /// <summary>What it is.</summary>
    public string? Description { get; init; }

    /// <summary>What it costs.</summary>
    public Money? Price { get; init; }

    /// <summary>The seller's own number for it.</summary>
    public string? RetailerId { get; init; }

    /// <summary>A page about it.</summary>
    public string? Url { get; init; }

    /// <summary>The business that sells it.</summary>
    public Jid? Seller { get; init; }

    /// <summary>The text of the message.</summary>
    public string? Body { get; init; }

    /// <summary>The picture.</summary>
    public ImageContent? Image { get; init; }
}

/// <summary>An order out of a catalogue.</summary>
/// <param name="OrderId">Its id.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record OrderContent(string OrderId, byte[] Protobuf) : BusinessContent(Protobuf)
{
    /// <summary>What it is called.</summary>
    public string? Title { get; init; }

    /// <summary>The text of the message.</summary>
    public string? Body { get; init; }

    /// <summary>How many items.</summary>
    public int ItemCount { get; init; }

    /// <summary>The total.</summary>
    public Money? Total { get; init; }

    /// <summary>The business that sells.</summary>
    public Jid? Seller { get; init; }

    /// <summary>What fetches the order's items from the service.</summary>
    public string? Token { get; init; }
}

/// <summary>What a message about a payment does.</summary>
public enum PaymentKind
{
    /// <summary>Money was sent.</summary>
    Sent,

    /// <summary>Money is asked for.</summary>
    Requested,

    /// <summary>A request was declined.</summary>
    Declined,

    /// <summary>A request was taken back.</summary>
    Canceled,

    /// <summary>An invoice.</summary>
    Invoice,

    /// <summary>An invitation to use payments.</summary>
    Invitation,
}

/// <summary>A message about a payment.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record PaymentContent(PaymentKind Kind, byte[] Protobuf) : BusinessContent(Protobuf)
{
    /// <summary>How much; the amount of a payment that was sent is not in the message.</summary>
    public Money? Amount { get; init; }

    /// <summary>The note.</summary>
    public string? Note { get; init; }

    /// <summary>The request that is paid, declined or taken back.</summary>
    public MessageTarget? Request { get; init; }

    /// <summary>Until when.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }
}
