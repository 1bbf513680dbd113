using System.Text.Json;
using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Tests.Sessions;

public sealed class MessageBodiesTests
{
    private static readonly MessageTarget Target = new("3EB0AA", new Jid("222", JidServer.Lid), IsFromActor: true);

    [Fact]
    public void Of_WhenText_HasTheFieldsClientsRead() =>
        Assert.Equal("""{"type":"text","text":"hi","conversation":"hi"}""", MessageBodies.Of(new TextContent("hi")).GetRawText());

    [Fact]
    public void Of_WhenTextAnswersAMessage_HasItsContext()
    {
        var quote = new QuotedMessage("3EB0BB", new Jid("333", JidServer.Lid), new TextContent("before"));

        var body = MessageBodies.Of(new TextContent("hi") { Context = new() { Quote = quote } });

        Assert.Equal(
            """{"messageId":"3EB0BB","from":"333@lid","content":{"type":"text","text":"before","conversation":"before"}}""",
            body.GetProperty("context").GetRawText());
    }

    [Fact]
    public void Of_WhenAFile_ShowsNeitherKeyNorAddress()
    {
        var file = new MediaReference("/v/secret-path", [0xAA, 0xBB], [0x01], [0x02], 5) { Url = "https://mmg.whatsapp.net/secret-path" };

        var body = MessageBodies.Of(new ImageContent(file, "c") { MimeType = "image/jpeg", IsViewOnce = true });

        Assert.Equal("""{"type":"image","caption":"c","mimeType":"image/jpeg","length":5,"sha256":"01","viewOnce":true}""", body.GetRawText());
    }

    [Fact]
    public void Of_WhenOfAnAlbum_NamesItsHead()
    {
        var body = MessageBodies.Of(new ImageContent(new MediaReference("/v/a", [], [], [], 1)) { Album = new("3EB0CC", Chat: null, IsFromActor: true) });

        Assert.Equal("""{"messageId":"3EB0CC","fromActor":true}""", body.GetProperty("album").GetRawText());
    }

    [Fact]
    public void Of_WhenGivenAnyKind_NamesItsType()
    {
        var file = new MediaReference("/v/a", [], [], [], 1);
        (MessageContent Content, string Type)[] kinds =
        [
            (new VideoContent(file, Style: VideoStyle.Gif), "gif"),
            (new VideoContent(file, Style: VideoStyle.Note), "video_note"),
            (new AudioContent(file, IsVoiceNote: true), "voice"),
            (new DocumentContent(file), "document"),
            (new StickerContent(file), "sticker"),
            (new AlbumContent(1, 2), "album"),
            (new LocationContent(1, 2), "location"),
            (new LiveLocationContent(1, 2), "live_location"),
            (new ContactsContent([new("a", "b")]), "contacts"),
            (new GroupInviteContent(new Jid("120363", JidServer.Group), "c"), "group_invite"),
            (new PollContent("q", ["a"]), "poll"),
            (new EventContent("e", null) { Location = new(1, 2) }, "event"),
            (new ReactionContent(Target, "x"), "reaction"),
            (new EditContent(Target, new TextContent("x")), "edit"),
            (new CommentContent(Target, new TextContent("x")), "comment"),
            (new RevokeContent(Target), "revoke"),
            (new PinContent(Target, IsPinned: true), "pin"),
            (new KeepContent(Target, IsKept: true), "keep"),
            (new DisappearingTimerContent(null), "disappearing_timer"),
            (new PollVoteContent(Target, []), "poll_vote"),
            (new PollOptionContent(Target, "c"), "poll_option"),
            (new EventResponseContent(Target, EventAnswer.Going), "event_response"),
            (new EncryptedContent(EncryptedKind.PollVote, Target, new([], [])), "encrypted"),
            (new MenuContent(MenuKind.List, [new("1", "one")], []) { Header = new ImageContent(file) }, "menu"),
            (new MenuReplyContent(MenuKind.List, "1", "one", []), "menu_reply"),
            (new ProductContent("p", null, []), "product"),
            (new OrderContent("o", []), "order"),
            (new PaymentContent(PaymentKind.Sent, []) { Request = Target }, "payment"),
            (new CallLogContent(CallOutcome.Missed, IsVideo: true, Duration: null, []), "call_log"),
            (new StickerPackContent("p", "Cats", null, []), "sticker_pack"),
            (new PhoneNumberRequestContent([]), "phone_number_request"),
            (new PlaceholderContent([]), "placeholder"),
            (new UnsupportedContent("call", []), "unsupported"),
        ];

        Assert.All(kinds, kind => Assert.Equal(kind.Type, MessageBodies.Of(kind.Content).GetProperty("type").GetString()));
        Assert.All(kinds, kind => Assert.Equal(JsonValueKind.Object, MessageBodies.Of(kind.Content).ValueKind));
    }
}
