using System.Text.Json;
using Recado.Protocol;
using Recado.Protocol.Messages;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>Content out of what a row holds of it, for quotes and forwarding: the way back from what the API shows. Pure.</summary>
internal static class StoredContents
{
    /// <summary>What the message said, without its context; null for what is no content of its own, such as a reaction or what was deleted.</summary>
    /// <param name="file">Where WhatsApp has the file of the message; by default, nowhere that is known.</param>
    public static MessageContent? Read(JsonElement content, MediaReference? file = null) => Text(content, "type") switch
    {
        "text" => Text(content, "text") is { } text ? new TextContent(text, Preview(content)) : null,
        "location" => Place(content),
        "live_location" => LivePlace(content),
        "contacts" => Contacts(content),
        "group_invite" => Invite(content),
        "poll" => Poll(content),
        "event" => Event(content),
        "image" or "video" or "gif" or "video_note" or "audio" or "voice" or "document" or "sticker" => Media(content, file ?? Unknown(content)),
        "menu" or "menu_reply" or "product" or "order" => Words(content),
        _ => null,
    };

    private static LinkPreview? Preview(JsonElement content) =>
        content.TryGetProperty("preview", out var preview) && Text(preview, "url") is { } url
            ? new LinkPreview(url, Text(preview, "title"), Text(preview, "description"))
            : null;

    private static LocationContent? Place(JsonElement content) =>
        Number(content, "latitude") is { } latitude && Number(content, "longitude") is { } longitude
            ? new LocationContent(latitude, longitude)
            {
                Name = Text(content, "name"),
                Address = Text(content, "address"),
                Url = Text(content, "url"),
                Comment = Text(content, "comment"),
            }
            : null;

    private static LiveLocationContent? LivePlace(JsonElement content) =>
        Number(content, "latitude") is { } latitude && Number(content, "longitude") is { } longitude
            ? new LiveLocationContent(latitude, longitude)
            {
                Caption = Text(content, "caption"),
                AccuracyInMeters = Count(content, "accuracyInMeters"),
                Speed = (float)(Number(content, "speed") ?? 0),
                Bearing = Count(content, "bearing"),
                SequenceNumber = (long)(Number(content, "sequenceNumber") ?? 0),
            }
            : null;

    private static ContactsContent? Contacts(JsonElement content)
    {
        ContactCard[] cards = [.. Items(content, "contacts").Select(card => new ContactCard(Text(card, "displayName") ?? "", Text(card, "vCard") ?? ""))];
        return cards.Length == 0 ? null : new ContactsContent(cards, Text(content, "title"));
    }

    private static GroupInviteContent? Invite(JsonElement content) =>
        Jid.TryParse(Text(content, "group"), out var group) && Text(content, "code") is { } code
            ? new GroupInviteContent(group, code)
            {
                GroupName = Text(content, "groupName"),
                Caption = Text(content, "caption"),
                ExpiresAt = Time(content, "expiresAt"),
            }
            : null;

    private static PollContent? Poll(JsonElement content) => Text(content, "question") is { } question
        ? new PollContent(question, [.. Items(content, "options").Select(option => option.GetString() ?? "")], Count(content, "selectableCount"))
        : null;

    private static EventContent? Event(JsonElement content) => Text(content, "name") is { } name
        ? new EventContent(name, Time(content, "startsAt"))
        {
            Description = Text(content, "description"),
            EndsAt = Time(content, "endsAt"),
            JoinLink = Text(content, "joinLink"),
            Location = content.TryGetProperty("location", out var place) ? Place(place) : null,
            IsCanceled = IsTrue(content, "isCanceled"),
            AllowsGuests = IsTrue(content, "allowsGuests"),
        }
        : null;

    private static MediaContent Media(JsonElement content, MediaReference file)
    {
        var (caption, seconds) = (Text(content, "caption"), Count(content, "seconds"));
        var (width, height) = (Count(content, "width"), Count(content, "height"));
        MediaContent media = Text(content, "type") switch
        {
            "image" => new ImageContent(file, caption) { Width = width, Height = height },
            "video" => new VideoContent(file, caption) { Width = width, Height = height, Seconds = seconds },
            "gif" => new VideoContent(file, caption, VideoStyle.Gif) { Width = width, Height = height, Seconds = seconds },
            "video_note" => new VideoContent(file, caption, VideoStyle.Note) { Width = width, Height = height, Seconds = seconds },
            "audio" => new AudioContent(file) { Seconds = seconds },
            "voice" => new AudioContent(file, IsVoiceNote: true) { Seconds = seconds, Waveform = Bytes(content, "waveform") },
            "sticker" => new StickerContent(file) { IsAnimated = IsTrue(content, "isAnimated") },
            _ => new DocumentContent(file, Text(content, "fileName"), caption) { Title = Text(content, "title"), PageCount = Count(content, "pageCount") },
        };
        return media with { MimeType = Text(content, "mimeType"), Thumbnail = Bytes(content, "thumbnail") };
    }

    private static readonly string[] Written = ["title", "body", "text", "description"];

    /// <summary>A business's message as text: what is written in it is all that can be shown again.</summary>
    private static TextContent? Words(JsonElement content)
    {
        string[] words = [.. Written.Select(name => Text(content, name)).OfType<string>()];
        return words.Length == 0 ? null : new TextContent(string.Join('\n', words));
    }

    private static MediaReference Unknown(JsonElement content) =>
        new(DirectPath: null, [], Text(content, "sha256") is { } hash ? Convert.FromHexString(hash) : [], [], (long)(Number(content, "length") ?? 0));

    private static string? Text(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static double? Number(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static uint Count(JsonElement content, string name) => (uint)Math.Clamp(Number(content, name) ?? 0, 0, uint.MaxValue);

    private static bool IsTrue(JsonElement content, string name) => content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static DateTimeOffset? Time(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value) && value.TryGetDateTimeOffset(out var time) ? time : null;

    private static byte[]? Bytes(JsonElement content, string name) =>
        content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.TryGetBytesFromBase64(out var bytes) ? bytes : null;

    private static IEnumerable<JsonElement> Items(JsonElement content, string name) =>
        content.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];
}
