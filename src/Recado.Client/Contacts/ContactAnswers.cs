using Recado.Protocol;
using Recado.Protocol.Users;

namespace Recado.Client.Contacts;

/// <summary>What a user lets us know of themselves.</summary>
/// <param name="User">Who, as a LID when it is known, else by phone number.</param>
/// <param name="PhoneNumber">The user by phone number, if known.</param>
/// <param name="Lid">The user by LID, if known.</param>
public sealed record ContactInfo(Jid User, Jid? PhoneNumber, Jid? Lid)
{
    /// <summary>The about text; null when the service does not say.</summary>
    public UserAbout? About { get; init; }

    /// <summary>The id of the picture; null when there is none, or none for us.</summary>
    public string? PictureId { get; init; }

    /// <summary>The name under which WhatsApp knows the business.</summary>
    public string? VerifiedName { get; init; }

    /// <summary>After how long messages of new chats disappear; zero when they stay, null when the service does not say.</summary>
    public TimeSpan? DisappearingTimer { get; init; }
}

/// <summary>A user who is blocked.</summary>
/// <param name="Lid">The user by LID.</param>
/// <param name="PhoneNumber">The user by phone number, if known.</param>
public sealed record BlockedUser(Jid Lid, Jid? PhoneNumber);

/// <summary>The answer to a question for a picture.</summary>
public abstract record PictureAnswer
{
    private PictureAnswer() { }

    /// <summary>Here it is.</summary>
    /// <param name="Id">Changes with the picture.</param>
    /// <param name="Jpeg">The file.</param>
    public sealed record Found(string Id, byte[] Jpeg) : PictureAnswer;

    /// <summary>It is the one that is known already.</summary>
    public sealed record NotChanged : PictureAnswer;

    /// <summary>There is none.</summary>
    public sealed record None : PictureAnswer;

    /// <summary>There may be one, but the user does not show it to us.</summary>
    public sealed record Hidden : PictureAnswer;
}
