namespace Recado.Protocol.Messages;

/// <summary>One or more contact cards.</summary>
/// <param name="Cards">The cards.</param>
/// <param name="Title">What a message of several cards is called, such as "3 contacts".</param>
public sealed record ContactsContent(IReadOnlyList<ContactCard> Cards, string? Title = null) : MessageContent;

/// <summary>A contact card.</summary>
/// <param name="DisplayName">The name shown.</param>
/// <param name="VCard">The card itself (RFC 6350, in practice version 3.0); a <c>waid</c> parameter of a number names its WhatsApp user.</param>
public sealed record ContactCard(string DisplayName, string VCard);

/// <summary>An invitation to a group, sent to someone who could not be added directly.</summary>
/// <param name="Group">The group.</param>
/// <param name="Code">The code that accepts it.</param>
public sealed record GroupInviteContent(Jid Group, string Code) : MessageContent
{
    /// <summary>The name of the group.</summary>
    public string? GroupName { get; init; }

    /// <summary>The text below it.</summary>
    public string? Caption { get; init; }

    /// <summary>Until when the code is good.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>A small JPEG of the group's picture.</summary>
    public byte[]? Thumbnail { get; init; }
}
