using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Presence;

namespace Recado.Protocol.Users;

/// <summary>What can be asked about users.</summary>
[Flags]
public enum UserFacts
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Whether a phone number has WhatsApp.</summary>
    Contact = 1,

    /// <summary>The LID.</summary>
    Lid = 2,

    /// <summary>The about text.</summary>
    About = 4,

    /// <summary>The picture's id.</summary>
    Picture = 8,

    /// <summary>The verified name of a business.</summary>
    Business = 16,

    /// <summary>After how long messages of new chats disappear.</summary>
    DisappearingMode = 32,

    /// <summary>The user name.</summary>
    Username = 64,
}

/// <summary>The about text of a user.</summary>
/// <param name="Text">The text; empty for none.</param>
/// <param name="At">When it was set.</param>
/// <param name="IsHidden">Whether the user does not show it to us.</param>
public sealed record UserAbout(string Text, DateTimeOffset? At, bool IsHidden);

/// <summary>What the service says about a user. What it refuses to say is null, like what was not asked.</summary>
/// <param name="Jid">Who; null for a phone number nobody has.</param>
public sealed record UserAnswer(Jid? Jid)
{
    /// <summary>The phone number as it was asked.</summary>
    public string? Asked { get; init; }

    /// <summary>Whether the phone number has WhatsApp.</summary>
    public bool? Exists { get; init; }

    /// <summary>The other name: the LID for a phone number, the phone number for a LID.</summary>
    public Jid? OtherName { get; init; }

    /// <summary>The about text.</summary>
    public UserAbout? About { get; init; }

    /// <summary>The id of the picture.</summary>
    public string? PictureId { get; init; }

    /// <summary>After how long messages of new chats disappear; zero when they stay.</summary>
    public TimeSpan? DisappearingMode { get; init; }

    /// <summary>The user name.</summary>
    public string? Username { get; init; }

    /// <summary>The verified name's certificate, serialised.</summary>
    public byte[]? VerifiedName { get; init; }
}

/// <summary>Questions about several users at once (<c>usync</c>).</summary>
public static class UserQuery
{
    /// <summary>Asks whether phone numbers have WhatsApp.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="sid">Something unique.</param>
    /// <param name="digits">The numbers, in international form without a plus sign.</param>
    /// <param name="facts">What else is asked about those that do.</param>
    public static Node OfPhoneNumbers(string id, string sid, IEnumerable<string> digits, UserFacts facts = UserFacts.None) => Build(
        id, sid, facts | UserFacts.Contact, digits.Select(number => Node.Of("user", Node.Of("contact", $"+{number}"))));

    /// <summary>Asks about users.</summary>
    /// <param name="id">The id of the request.</param>
    /// <param name="sid">Something unique.</param>
    /// <param name="users">Whom.</param>
    /// <param name="facts">What.</param>
    /// <param name="tokens">What lets us see facts shown to contacts only, by user.</param>
    public static Node OfUsers(
        string id, string sid, IEnumerable<Jid> users, UserFacts facts, IReadOnlyDictionary<Jid, TrustedContactToken>? tokens = null) => Build(
        id, sid, facts, users.Select(user => new Node(
            "user", [("jid", user.ToUser())], tokens?.GetValueOrDefault(user) is { } token ? [token.ToNode()] : [])));

    /// <summary>Reads the answer. Users that make no sense are left out.</summary>
    /// <exception cref="ProtocolException">It is no answer to such a question.</exception>
    public static IReadOnlyList<UserAnswer> Parse(Node iq)
    {
        ArgumentNullException.ThrowIfNull(iq);
        return [.. (iq.RequiredChild("usync").Child("list")?.ChildrenOf("user") ?? []).Select(Parse)];

        static UserAnswer Parse(Node user) => new(user.JidOf("jid"))
        {
            Asked = Fact(user, "contact")?.Text.OrNull(),
            Exists = Fact(user, "contact")?["type"] switch { "in" => true, "out" or "invalid" => false, _ => null },
            OtherName = Fact(user, "lid")?.JidOf("val") ?? user.JidOf("pn_jid"),
            About = Fact(user, "status") is { } about ? new(about.Text, Time(about), about["code"] == "401") : null,
            PictureId = Fact(user, "picture")?["id"],
            DisappearingMode = Fact(user, "disappearing_mode")?.NumberOf("duration") is >= 0 and <= uint.MaxValue and var seconds
                ? TimeSpan.FromSeconds(seconds)
                : null,
            Username = Fact(user, "username")?.Text.OrNull(),
            VerifiedName = Fact(user, "business")?.Child("verified_name") is { HasContent: true } name ? name.Bytes.ToArray() : null,
        };
    }

    private static Node Build(string id, string sid, UserFacts facts, IEnumerable<Node> users) => new(
        "iq",
        [("id", id), ("to", Jid.Service), ("type", "get"), ("xmlns", "usync")],
        new Node(
            "usync",
            [("sid", sid), ("mode", "query"), ("last", "true"), ("index", "0"), ("context", "interactive")],
            Node.Of("query", [.. Protocols(facts)]),
            Node.Of("list", [.. users])));

    private static IEnumerable<Node> Protocols(UserFacts facts)
    {
        if (facts.HasFlag(UserFacts.Contact))
            yield return new("contact");
        if (facts.HasFlag(UserFacts.Business))
            yield return Node.Of("business", new Node("verified_name"));
        if (facts.HasFlag(UserFacts.About))
            yield return new("status");
        if (facts.HasFlag(UserFacts.Picture))
            yield return new("picture");
        if (facts.HasFlag(UserFacts.DisappearingMode))
            yield return new("disappearing_mode");
        if (facts.HasFlag(UserFacts.Username))
            yield return new("username");
        if (facts.HasFlag(UserFacts.Lid))
            yield return new("lid");
    }

    /// <summary>The fact, unless an error stands in its place: then it is unknown rather than absent.</summary>
    private static Node? Fact(Node user, string tag) => user.Child(tag) is { } fact && fact.Child("error") is null ? fact : null;

    private static DateTimeOffset? Time(Node node) => UnixTime.FromSeconds(node.NumberOf("t") ?? 0);
}
