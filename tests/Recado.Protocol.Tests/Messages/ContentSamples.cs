using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Tests.Messages;

/// <summary>One of each kind, with every field filled.</summary>
internal static class ContentSamples
{
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private static readonly MessageTarget Target = new("3EB0AA", new Jid("120363", JidServer.Group), IsFromActor: false, new Jid("333", JidServer.Lid));

    private static readonly MediaReference File =
        new("/v/a.enc?x=1", Bytes(32, 1), Bytes(32, 2), Bytes(32, 3), 12_345) { Url = "https://mmg.whatsapp.net/v/a.enc", KeyCreatedAt = At };

    private static readonly MessageContext Context = new()
    {
        Quote = new("3EB0BB", new Jid("222", JidServer.Lid), new TextContent("before"), Jid.StatusBroadcast),
        Mentions = [new Jid("333", JidServer.Lid)],
        MentionsEveryone = true,
        IsForwarded = true,
        ForwardingScore = 5,
        Expiration = TimeSpan.FromDays(7),
        ExpirationSetAt = At,
        Referral = new()
        {
            SourceType = "ad",
            SourceId = "120211",
            SourceUrl = "https://fb.me/x",
            SourceApp = "instagram",
            Title = "t",
            Body = "b",
            MediaUrl = "https://example.org/ad.jpg",
            ThumbnailUrl = "https://example.org/small.jpg",
            CtwaClid = "ARAk",
            Ref = "spring",
            ConversionSource = "FB_Ads",
            EntryPointConversionSource = "ctwa_ad",
            EntryPointConversionApp = "instagram",
            EntryPointConversionDelaySeconds = 7,
            EntryPointConversionExternalSource = "meta",
            EntryPointConversionExternalMedium = "paid",
        },
    };

    /// <summary>Kinds that are written and read.</summary>
    public static IReadOnlyList<MessageContent> All { get; } =
    [
        new TextContent("hello"),
        new TextContent("@333 https://example.org", new("https://example.org", "Title", "About", Bytes(4, 1)) { LargeThumbnail = new("/v/t", Bytes(32, 1), Bytes(32, 2), Bytes(32, 3), 0) { KeyCreatedAt = At }, Width = 3, Height = 4 }) { Context = Context },
        new ImageContent(File, "caption") { MimeType = "image/jpeg", Width = 10, Height = 20, Thumbnail = Bytes(4, 1), IsViewOnce = true, Context = Context },
        new VideoContent(File, "caption") { MimeType = "video/mp4", Width = 10, Height = 20, Seconds = 3, Thumbnail = Bytes(4, 1), Context = Context },
        new VideoContent(File, Style: VideoStyle.Gif) { IsViewOnce = true },
        new VideoContent(File, Style: VideoStyle.Note) { Seconds = 3 },
        new AudioContent(File) { MimeType = "audio/mpeg", Seconds = 3, Context = Context },
        new AudioContent(File, IsVoiceNote: true) { Waveform = Bytes(64, 50), IsViewOnce = true },
        new DocumentContent(File, "a.pdf", "caption") { MimeType = "application/pdf", Title = "A", PageCount = 2, Thumbnail = Bytes(4, 1), Context = Context },
        new DocumentContent(File, "a.pdf"),
        new StickerContent(File) { MimeType = "image/webp", IsAnimated = true, Width = 512, Height = 512, Thumbnail = Bytes(4, 1), Context = Context },
        new StickerContent(File) { IsLottie = true },
        new AlbumContent(2, 1) { Context = Context },
        new LocationContent(52.5, -13.25) { Name = "n", Address = "a", Url = "https://example.org", Comment = "c", Thumbnail = Bytes(4, 1), Context = Context },
        new LiveLocationContent(52.5, -13.25) { Caption = "c", AccuracyInMeters = 5, Speed = 1.5f, Bearing = 90, SequenceNumber = 7, TimeOffset = 60, Thumbnail = Bytes(4, 1), Context = Context },
        new ContactsContent([new("Ana", "BEGIN:VCARD")]) { Context = Context },
        new ContactsContent([new("Ana", "BEGIN:VCARD"), new("Bia", "BEGIN:VCARD")], "2 contacts") { Context = Context },
        new GroupInviteContent(new Jid("120363", JidServer.Group), "code") { GroupName = "g", Caption = "c", ExpiresAt = At, Thumbnail = Bytes(4, 1), Context = Context },
        new ReactionContent(Target, "👍", At),
        new ReactionContent(Target, ""),
        new EditContent(Target, new TextContent("new"), At),
        new RevokeContent(Target),
        new PinContent(Target, IsPinned: true, TimeSpan.FromDays(7), At),
        new PinContent(Target, IsPinned: false),
        new KeepContent(Target, IsKept: true, At),
        new KeepContent(Target, IsKept: false),
        new DisappearingTimerContent(TimeSpan.FromDays(1), At),
        new DisappearingTimerContent(null),
        new PollContent("Where?", ["here", "there"], 1) { EndsAt = At, HidesVoters = true, AllowsNewOptions = true, Context = Context },
        new PollContent("Where?", ["here", "there"]),
        new PollOptionContent(Target, "elsewhere"),
        new PollContent("Where?", ["here", "there"]) { IsForAnnouncements = true },
        new EventContent("party", At) { Description = "d", EndsAt = At, Location = new(1, 2) { Name = "n" }, JoinLink = "https://call.whatsapp.com/x", IsCanceled = true, AllowsGuests = true, Context = Context },
        .. Enum.GetValues<EncryptedKind>().Select(kind =>
            new EncryptedContent(kind, Target, new(Bytes(12, 1), Bytes(20, 2)), kind == EncryptedKind.PollVote ? At : null)),
    ];

    /// <summary>Kinds that are only read, with what they are read as.</summary>
    public static IReadOnlyList<(Message Message, MessageContent Expected)> Business { get; } =
    [
        (
            new() { ListMessage = new() { Title = "t", Description = "d", ButtonText = "b", FooterText = "f", Sections = { new ListMessage.Types.Section { Title = "s", Rows = { new ListMessage.Types.Row { RowId = "1", Title = "one", Description = "first" } } } } } },
            new MenuContent(MenuKind.List, [new("1", "one", "first", "s")], []) { Title = "t", Body = "d", Footer = "f", ButtonText = "b" }),
        (
            new() { ButtonsMessage = new() { Text = "t", ContentText = "d", FooterText = "f", LocationMessage = new() { DegreesLatitude = 1 }, Buttons = { new ButtonsMessage.Types.Button { ButtonId = "1", ButtonText = new() { DisplayText = "one" } } } } },
            new MenuContent(MenuKind.Buttons, [new("1", "one")], []) { Title = "t", Body = "d", Footer = "f", Header = new LocationContent(1, 0) }),
        (
            new()
            {
                TemplateMessage = new()
                {
                    HydratedTemplate = new()
                    {
                        HydratedTitleText = "t",
                        HydratedContentText = "d",
                        HydratedButtons =
                        {
                            new TemplateMessage.Types.HydratedTemplateButton { QuickReplyButton = new() { Id = "1", DisplayText = "one" } },
                            new TemplateMessage.Types.HydratedTemplateButton { UrlButton = new() { Url = "https://example.org", DisplayText = "two" } },
                            new TemplateMessage.Types.HydratedTemplateButton { CallButton = new() { PhoneNumber = "+1555", DisplayText = "three" } },
                        },
                    },
                },
            },
            new MenuContent(MenuKind.Template, [new("1", "one"), new("https://example.org", "two"), new("+1555", "three")], []) { Title = "t", Body = "d" }),
        (
            new()
            {
                InteractiveMessage = new()
                {
                    Body = new() { Text = "d" },
                    NativeFlowMessage = new() { Buttons = { Flow("quick_reply", """{"display_text":"one","id":"1"}"""), Flow("odd", "no json"), Flow("odder", "[1]"), Flow("oddest", """{"id":"\ud800"}""") } },
                    CarouselMessage = new() { Cards = { new InteractiveMessage { Header = new() { Title = "card" }, NativeFlowMessage = new() { Buttons = { Flow("cta_url", """{"display_text":"go","url":"https://example.org"}""") } } } } },
                },
            },
            new MenuContent(MenuKind.Interactive, [new("1", "one"), new("odd", "odd"), new("odder", "odder"), new("oddest", "oddest"), new("https://example.org", "go", null, "card")], []) { Body = "d" }),
        (
            new() { ListResponseMessage = new() { Title = "one", Description = "first", SingleSelectReply = new() { SelectedRowId = "1" } } },
            new MenuReplyContent(MenuKind.List, "1", "one", []) { Description = "first" }),
        (
            new() { ButtonsResponseMessage = new() { SelectedButtonId = "1", SelectedDisplayText = "one" } },
            new MenuReplyContent(MenuKind.Buttons, "1", "one", [])),
        (
            new() { TemplateButtonReplyMessage = new() { SelectedId = "1", SelectedDisplayText = "one" } },
            new MenuReplyContent(MenuKind.Template, "1", "one", [])),
        (
            new() { InteractiveResponseMessage = new() { Body = new() { Text = "one" }, NativeFlowResponseMessage = new() { Name = "menu_options", ParamsJson = "{}" } } },
            new MenuReplyContent(MenuKind.Interactive, "menu_options", "one", []) { Parameters = "{}" }),
        (
            new() { ProductMessage = new() { BusinessOwnerJid = "555@s.whatsapp.net", Product = new() { ProductId = "p", Title = "t", CurrencyCode = "EUR", PriceAmount1000 = 9_990 } } },
            new ProductContent("p", "t", []) { Price = new(9_990, "EUR"), Seller = new Jid("555", JidServer.PhoneNumber) }),
        (
            new() { OrderMessage = new() { OrderId = "o", OrderTitle = "t", ItemCount = 2, TotalAmount1000 = 5_000, TotalCurrencyCode = "BRL", Token = "x" } },
            new OrderContent("o", []) { Title = "t", ItemCount = 2, Total = new(5_000, "BRL"), Token = "x" }),
        (
            new() { RequestPaymentMessage = new() { CurrencyCodeIso4217 = "BRL", Amount1000 = 5_000, NoteMessage = new() { Conversation = "rent" } } },
            new PaymentContent(PaymentKind.Requested, []) { Amount = new(5_000, "BRL"), Note = "rent" }),
        (
            new() { DeclinePaymentRequestMessage = new() { Key = new() { Id = "3EB0AA", FromMe = true } } },
            new PaymentContent(PaymentKind.Declined, []) { Request = new("3EB0AA", null, IsFromActor: true) }),
    ];

    /// <summary>What phones show in a chat and is only read, with what it is read as.</summary>
    public static IReadOnlyList<(Message Message, MessageContent Expected)> Notices { get; } =
    [
        (
            new() { CallLogMessage = new() { IsVideo = true, CallOutcome = 1 } },
            new CallLogContent(CallOutcome.Missed, IsVideo: true, Duration: null, [])),
        (
            new() { CallLogMessage = new() { DurationSecs = 65 } },
            new CallLogContent(CallOutcome.Connected, IsVideo: false, TimeSpan.FromSeconds(65), [])),
        (
            new() { CallLogMessage = new() { CallOutcome = 77, DurationSecs = long.MaxValue } },
            new CallLogContent(CallOutcome.Unknown, IsVideo: false, Duration: null, [])),
        (
            new() { StickerPackMessage = new() { StickerPackId = "p", Name = "Cats", Publisher = "Ana" } },
            new StickerPackContent("p", "Cats", "Ana", [])),
        (new() { RequestPhoneNumberMessage = new() }, new PhoneNumberRequestContent([])),
        (new() { PlaceholderMessage = new() { Type = 0 } }, new PlaceholderContent([])),
    ];

    private static InteractiveMessage.Types.NativeFlowMessage.Types.NativeFlowButton Flow(string name, string parameters) =>
        new() { Name = name, ButtonParamsJson = parameters };

    private static byte[] Bytes(int count, byte value)
    {
        var bytes = new byte[count];
        Array.Fill(bytes, value);
        return bytes;
    }
}
