using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Recado.Protocol.Messages;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// The content of a message as the API shows it: an object with <c>type</c> and the fields of that kind, and <c>context</c> when
/// there is any. What is not known is left out. Keys and addresses of files stay here.
/// </summary>
internal static class MessageBodies
{
    private static readonly JsonSerializerOptions Json = new(RecadoJson.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    public static JsonElement Of(MessageContent content)
    {
        var body = Body(content);
        if (content.Context is { } context)
            body["context"] = Node(Context(context));

        return JsonSerializer.SerializeToElement(body, Json);
    }

    public static JsonElement Undecryptable(string reason) => JsonSerializer.SerializeToElement(new { type = "undecryptable", reason }, Json);

    /// <summary>What a chat says of itself, such as that somebody joined.</summary>
    /// <param name="code">WhatsApp's number of it.</param>
    /// <param name="parameters">What it is about.</param>
    public static JsonElement Notice(int code, IReadOnlyList<string> parameters) =>
        JsonSerializer.SerializeToElement(new { type = "notice", code, parameters }, Json);

    public static JsonElement MissedCall(bool isVideo) => JsonSerializer.SerializeToElement(new { type = "call_log", outcome = "missed", isVideo }, Json);

    public static JsonElement Deleted() => JsonSerializer.SerializeToElement(new { type = "deleted" }, Json);

    /// <summary>The id of the message that this one is about; null for a message of its own.</summary>
    public static string? AboutOf(MessageContent content) => content switch
    {
        ReactionContent reaction => reaction.Target.Id,
        EditContent edit => edit.Target.Id,
        RevokeContent revoke => revoke.Target.Id,
        PinContent pin => pin.Target.Id,
        KeepContent keep => keep.Target.Id,
        PollVoteContent vote => vote.Poll.Id,
        PollOptionContent option => option.Poll.Id,
        EventResponseContent response => response.Event.Id,
        EncryptedContent hidden => hidden.Target.Id,
        _ => null,
    };

    private static JsonObject Body(MessageContent content) => content switch
    {
        TextContent text => Node(new { type = "text", text = text.Text, conversation = text.Text, preview = Preview(text.Preview) }),
        MediaContent media => Media(media),
        AlbumContent album => Node(new { type = "album", images = album.ImageCount, videos = album.VideoCount }),
        LocationContent place => Node(new { type = "location", place.Latitude, place.Longitude, place.Name, place.Address, place.Url, place.Comment }),
        LiveLocationContent place => Node(new
        {
            type = "live_location",
            place.Latitude,
            place.Longitude,
            place.Caption,
            place.AccuracyInMeters,
            place.Speed,
            place.Bearing,
            place.SequenceNumber,
        }),
        ContactsContent contacts => Node(new { type = "contacts", contacts.Title, contacts = contacts.Cards }),
        GroupInviteContent invite => Node(new
        {
            type = "group_invite",
            group = invite.Group.ToString(),
            invite.Code,
            invite.GroupName,
            invite.Caption,
            invite.ExpiresAt,
        }),
        PollContent poll => Node(new
        {
            type = "poll",
            poll.Question,
            poll.Options,
            poll.SelectableCount,
            poll.EndsAt,
            poll.HidesVoters,
            poll.AllowsNewOptions,
        }),
        EventContent happening => Node(new
        {
            type = "event",
            happening.Name,
            happening.Description,
            happening.StartsAt,
            happening.EndsAt,
            happening.JoinLink,
            location = happening.Location is { } place ? Body(place) : null,
            happening.IsCanceled,
            happening.AllowsGuests,
        }),
        BusinessContent business => Business(business),
        NoticeContent notice => Notice(notice),
        UnsupportedContent unsupported => Node(new { type = "unsupported", kind = unsupported.Kind, unsupported.Protobuf }),
        _ => Action(content),
    };

    private static JsonObject Action(MessageContent content) => content switch
    {
        ReactionContent reaction => Node(new { type = "reaction", target = Target(reaction.Target), reaction.Emoji, reaction.At }),
        EditContent edit => Node(new { type = "edit", target = Target(edit.Target), content = Of(edit.Content), edit.At }),
        CommentContent comment => Node(new { type = "comment", target = Target(comment.Target), content = Of(comment.Content) }),
        RevokeContent revoke => Node(new { type = "revoke", target = Target(revoke.Target), byAdmin = revoke.IsByAdmin ? true : (bool?)null }),
        PinContent pin => Node(new { type = "pin", target = Target(pin.Target), pin.IsPinned, seconds = pin.Duration?.TotalSeconds, pin.At }),
        KeepContent keep => Node(new { type = "keep", target = Target(keep.Target), keep.IsKept, keep.At }),
        DisappearingTimerContent timer => Node(new { type = "disappearing_timer", seconds = timer.Duration?.TotalSeconds ?? 0, timer.At }),
        PollVoteContent vote => Node(new { type = "poll_vote", target = Target(vote.Poll), vote.Options, vote.OptionHashes, vote.At }),
        PollOptionContent option => Node(new { type = "poll_option", target = Target(option.Poll), option.Option }),
        EventResponseContent response => Node(new
        {
            type = "event_response",
            target = Target(response.Event),
            response.Answer,
            response.ExtraGuests,
            response.At,
        }),
        EncryptedContent encrypted => Node(new { type = "encrypted", encrypted.Kind, target = Target(encrypted.Target), encrypted.At }),
        _ => Node(new { type = "unsupported", kind = content.GetType().Name }),
    };

    private static JsonObject Media(MediaContent media)
    {
        var body = media switch
        {
            ImageContent image => Node(new { type = "image", image.Caption, width = Known(image.Width), height = Known(image.Height) }),
            VideoContent video => Node(new
            {
                type = video.Style switch { VideoStyle.Gif => "gif", VideoStyle.Note => "video_note", _ => "video" },
                video.Caption,
                width = Known(video.Width),
                height = Known(video.Height),
                seconds = Known(video.Seconds),
            }),
            AudioContent audio => Node(new { type = audio.IsVoiceNote ? "voice" : "audio", seconds = Known(audio.Seconds), audio.Waveform }),
            DocumentContent document => Node(new
            {
                type = "document",
                document.FileName,
                document.Caption,
                document.Title,
                pageCount = Known(document.PageCount),
            }),
            StickerContent sticker => Node(new { type = "sticker", sticker.IsAnimated }),
            _ => Node(new { type = "media" }),
        };
        body["mimeType"] = media.MimeType;
        body["length"] = media.File.Length;
        body["sha256"] = Convert.ToHexStringLower(media.File.Sha256);
        if (media.Thumbnail is { } thumbnail)
            body["thumbnail"] = Convert.ToBase64String(thumbnail);
        if (media.IsViewOnce)
            body["viewOnce"] = true;
        if (media.Album is { } album)
            body["album"] = Node(Target(album));

        return body;
    }

    private static JsonObject Business(BusinessContent content) => content switch
    {
        MenuContent menu => Node(new
        {
            type = "menu",
            menu.Kind,
            menu.Title,
            menu.Body,
            menu.Footer,
            menu.ButtonText,
            menu.Choices,
            header = menu.Header is { } header ? Body(header) : null,
        }),
        MenuReplyContent reply => Node(new { type = "menu_reply", reply.Kind, reply.Id, reply.Text, reply.Description, reply.Parameters }),
        ProductContent product => Node(new
        {
            type = "product",
            product.ProductId,
            product.Title,
            product.Description,
            product.Price,
            product.RetailerId,
            product.Url,
            seller = product.Seller?.ToString(),
            product.Body,
        }),
        OrderContent order => Node(new
        {
            type = "order",
            order.OrderId,
            order.Title,
            order.Body,
            order.ItemCount,
            order.Total,
            seller = order.Seller?.ToString(),
        }),
        PaymentContent payment => Node(new
        {
            type = "payment",
            payment.Kind,
            payment.Amount,
            payment.Note,
            payment.ExpiresAt,
            request = payment.Request is { } request ? Target(request) : null,
        }),
        _ => Node(new { type = "unsupported", kind = content.GetType().Name }),
    };

    private static JsonObject Notice(NoticeContent content) => content switch
    {
        CallLogContent call => Node(new { type = "call_log", call.Outcome, call.IsVideo, seconds = call.Duration?.TotalSeconds }),
        StickerPackContent pack => Node(new { type = "sticker_pack", packId = pack.Id, pack.Name, pack.Publisher }),
        PhoneNumberRequestContent => Node(new { type = "phone_number_request" }),
        PlaceholderContent => Node(new { type = "placeholder", reason = "Linked devices do not get this message; it can be read on the phone." }),
        _ => Node(new { type = "unsupported", kind = content.GetType().Name }),
    };

    private static object Context(MessageContext context) => new
    {
        messageId = context.Quote?.Id,
        from = context.Quote?.Author?.ToString(),
        content = context.Quote?.Content is { } quoted ? Body(quoted) : null,
        chat = context.Quote?.Chat?.ToString(),
        mentions = context.Mentions.Count == 0 ? null : context.Mentions.Select(jid => jid.ToString()),
        mentionsEveryone = context.MentionsEveryone ? true : (bool?)null,
        isForwarded = context.IsForwarded ? true : (bool?)null,
        forwardingScore = Known(context.ForwardingScore),
        expiresAfterSeconds = context.Expiration?.TotalSeconds,
        referral = context.Referral is { } referral ? Referral(referral) : null,
    };

    /// <summary>Where the author came from, such as a click-to-WhatsApp ad.</summary>
    public static JsonObject Referral(MessageReferral referral) => Node(referral);

    private static object? Preview(LinkPreview? preview) => preview is null ? null : new { preview.Url, preview.Title, preview.Description };

    private static object Target(MessageTarget target) => new
    {
        messageId = target.Id,
        chat = target.Chat?.ToString(),
        fromActor = target.IsFromActor,
        author = target.Author?.ToString(),
    };

    private static uint? Known(uint number) => number == 0 ? null : number;

    private static JsonObject Node<T>(T value) => JsonSerializer.SerializeToNode(value, Json)!.AsObject();
}
