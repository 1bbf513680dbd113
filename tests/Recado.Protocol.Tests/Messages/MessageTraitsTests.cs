using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Tests.Messages;

public sealed class MessageTraitsTests
{
    private static readonly MessageTarget Own = new("3EB0AA", new Jid("222", JidServer.Lid), IsFromActor: true);
    private static readonly MessageTarget Other = Own with { IsFromActor = false };
    private static readonly MediaReference File = new("/v/a.enc", [], [], [], 1);
    private static readonly EncryptedPayload Payload = new([], []);

    public static TheoryData<string, string> Expected => new()
    {
        { "text", "text" },
        { "link", "media url" },
        { "image", "media image" },
        { "view once", "media image" },
        { "gif", "media gif" },
        { "video note", "media video" },
        { "voice", "media ptt" },
        { "audio", "media audio" },
        { "document", "media document" },
        { "sticker", "media sticker" },
        { "lottie", "media sticker" },
        { "location", "text" },
        { "live location", "media livelocation" },
        { "contact", "media vcard" },
        { "contacts", "media contact_array" },
        { "invite", "media url" },
        { "reaction", "reaction hide" },
        { "reaction removed", "reaction edit=7 hide" },
        { "encrypted reaction", "reaction hide" },
        { "edit", "text edit=1 hide" },
        { "own revoke", "text edit=7 hide" },
        { "admin revoke", "text edit=8 hide" },
        { "pin", "text edit=2 hide" },
        { "keep", "text" },
        { "own keep undone", "text edit=7 hide" },
        { "poll", "poll <meta polltype=\"creation\"/>" },
        { "vote", "poll hide <meta polltype=\"vote\"/>" },
        { "event", "event <meta event_type=\"creation\"/>" },
        { "list", "media list" },
    };

    [Theory]
    [MemberData(nameof(Expected))]
    public void Of_WhenGivenAKind_TellsTheServiceAboutIt(string kind, string expected)
    {
        var traits = MessageTraits.Of(kind == "list" ? new() { ListMessage = new() } : MessageContentMapper.ToProto(Content(kind)));

        string?[] parts = [traits.Type, traits.MediaType, traits.Edit is { } edit ? $"edit={edit}" : null, traits.HidesFailure ? "hide" : null, traits.Meta?.ToString()];
        Assert.Equal(expected, string.Join(' ', parts.Where(part => part is not null)));
    }

    private static MessageContent Content(string kind) => kind switch
    {
        "text" => new TextContent("x"),
        "link" => new TextContent("x", new("https://example.org", "t")),
        "image" => new ImageContent(File),
        "view once" => new ImageContent(File) { IsViewOnce = true },
        "gif" => new VideoContent(File, Style: VideoStyle.Gif),
        "video note" => new VideoContent(File, Style: VideoStyle.Note),
        "voice" => new AudioContent(File, IsVoiceNote: true),
        "audio" => new AudioContent(File),
        "document" => new DocumentContent(File, "a", "b"),
        "sticker" => new StickerContent(File),
        "lottie" => new StickerContent(File) { IsLottie = true },
        "location" => new LocationContent(1, 2),
        "live location" => new LiveLocationContent(1, 2),
        "contact" => new ContactsContent([new("a", "b")]),
        "contacts" => new ContactsContent([new("a", "b"), new("c", "d")]),
        "invite" => new GroupInviteContent(new Jid("120363", JidServer.Group), "code"),
        "reaction" => new ReactionContent(Other, "👍"),
        "reaction removed" => new ReactionContent(Other, ""),
        "encrypted reaction" => new EncryptedContent(EncryptedKind.Reaction, Other, Payload),
        "edit" => new EditContent(Own, new TextContent("y")),
        "own revoke" => new RevokeContent(Own),
        "admin revoke" => new RevokeContent(Other),
        "pin" => new PinContent(Other, IsPinned: true),
        "keep" => new KeepContent(Other, IsKept: true),
        "own keep undone" => new KeepContent(Own, IsKept: false),
        "poll" => new PollContent("q", ["a", "b"]),
        "vote" => new EncryptedContent(EncryptedKind.PollVote, Other, Payload),
        "event" => new EventContent("e", null),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
