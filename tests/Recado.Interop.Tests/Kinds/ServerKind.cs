namespace Recado.Interop.Tests.Kinds;

/// <summary>
/// A kind of message that our server sends. In the texts <c>{to}</c> and <c>{lid}</c> stand for the names of the recipient,
/// <c>{own}</c> for the id of an earlier message of the server, <c>{theirs}</c> for one of the recipient, <c>{file}</c> for the id of an upload.
/// </summary>
/// <param name="Name">The kind.</param>
/// <param name="Request">The body of the request.</param>
/// <param name="Protobuf">What the message that Baileys receives must hold at least, as protobuf JSON.</param>
internal sealed record ServerKind(string Name, string Request, string Protobuf)
{
    /// <summary>The method of the request.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>Where the request goes, below the session.</summary>
    public string Path { get; init; } = "messages";

    /// <summary>The ending that tells what the file is, for kinds that have one.</summary>
    public string? File { get; init; }

    /// <summary>The event with which Baileys tells of what happened to an earlier message; the message itself comes beside it.</summary>
    public BaileysEvent? Then { get; init; }
}

/// <summary>Every kind that the REST API offers.</summary>
internal static class ServerKinds
{
    public static IReadOnlyList<ServerKind> All { get; } =
    [
        new("text", """{"to": "{to}", "message": "Olá 👋"}""", """{"conversation": "Olá 👋"}"""),
        new(
            "reply with a mention",
            """
            {"to": "{to}", "type": "text", "text": {"body": "@{to} knows", "mentions": ["{to}"]},
                "context": {"messageId": "{theirs}"}}
            """,
            """
            {"extendedTextMessage": {"text": "@{lid} knows", "contextInfo":
                {"stanzaId": "{theirs}", "mentionedJid": ["{lid}@lid"], "quotedMessage": {"conversation": "theirs"}}}}
            """),
        new(
            "location",
            """{"to": "{to}", "type": "location", "location": {"latitude": -23.5614, "longitude": -46.6559, "name": "MASP"}}""",
            """{"locationMessage": {"degreesLatitude": -23.5614, "degreesLongitude": -46.6559, "name": "MASP"}}"""),
        new(
            "contact",
            """
            {"to": "{to}", "type": "contacts", "contacts":
                [{"name": {"formatted_name": "Carla"}, "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD"}]}
            """,
            """{"contactMessage": {"displayName": "Carla", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD"}}"""),
        new(
            "contacts",
            """
            {"to": "{to}", "type": "contacts", "contacts":
                [{"name": {"formatted_name": "Carla"}, "phones": [{"phone": "+55 11 90000-0003"}]},
                 {"name": {"formatted_name": "Davi"}, "phones": [{"phone": "+55 11 90000-0004"}]}]}
            """,
            """{"contactsArrayMessage": {"contacts": [{"displayName": "Carla"}, {"displayName": "Davi"}]}}"""),
        new(
            "poll",
            """{"to": "{to}", "type": "poll", "poll": {"question": "Lunch?", "options": ["Yes", "No"], "selectableCount": 1}}""",
            """{"pollCreationMessageV3": {"name": "Lunch?", "options": [{"optionName": "Yes"}, {"optionName": "No"}], "selectableOptionsCount": 1}}"""),
        new(
            "event",
            """{"to": "{to}", "type": "event", "event": {"name": "Party", "startsAt": "2027-01-31T20:00:00Z", "description": "Bring cake"}}""",
            """{"eventMessage": {"name": "Party", "description": "Bring cake", "startTime": 1801425600}}"""),
        new(
            "reaction",
            """{"to": "{to}", "type": "reaction", "reaction": {"messageId": "{theirs}", "emoji": "👍"}}""",
            """{"reactionMessage": {"text": "👍", "key": {"id": "{theirs}", "fromMe": true}}}""")
        {
            Then = new("reaction", "{theirs}"),
        },
        new("reaction taken back", """{"emoji": ""}""", """{"reactionMessage": {"text": "", "key": {"id": "{theirs}"}}}""")
        {
            Path = "messages/{theirs}/reactions",
        },
        new(
            "pin",
            """{"to": "{to}", "type": "pin", "pin": {"messageId": "{theirs}", "days": 1}}""",
            """{"pinInChatMessage": {"type": "PIN_FOR_ALL", "key": {"id": "{theirs}"}}}"""),
        new(
            "live location",
            """{"to": "{to}", "type": "live_location", "live_location": {"latitude": -23.5614, "longitude": -46.6559, "caption": "On my way", "sequenceNumber": 1}}""",
            """{"liveLocationMessage": {"degreesLatitude": -23.5614, "degreesLongitude": -46.6559, "caption": "On my way", "sequenceNumber": 1}}"""),
        new(
            "keep",
            """{"to": "{to}", "type": "keep", "keep": {"messageId": "{theirs}"}}""",
            """{"keepInChatMessage": {"keepType": "KEEP_FOR_ALL", "key": {"id": "{theirs}"}}}"""),
        new(
            "forward",
            """{"to": "{to}", "type": "forward", "forward": {"messageId": "{theirs}"}}""",
            """{"extendedTextMessage": {"text": "theirs", "contextInfo": {"isForwarded": true, "forwardingScore": 1}}}"""),
        new(
            "group invitation",
            """
            {"to": "{to}", "type": "group_invite", "group_invite":
                {"group": "120363012345678901@g.us", "code": "Zq3x7vWb", "expiresAt": "2027-01-31T20:00:00Z", "groupName": "Friends", "caption": "Join us"}}
            """,
            """{"groupInviteMessage": {"groupJid": "120363012345678901@g.us", "inviteCode": "Zq3x7vWb", "groupName": "Friends", "caption": "Join us"}}"""),
        new(
            "edit",
            """{"text": {"body": "better"}}""",
            """
            {"editedMessage": {"message": {"protocolMessage":
                {"type": "MESSAGE_EDIT", "key": {"id": "{own}"}, "editedMessage": {"conversation": "better"}}}}}
            """)
        {
            Then = new("edited", "{own}"),
            Method = "PATCH",
            Path = "messages/{own}",
        },
        new(
            "image",
            """{"to": "{to}", "type": "image", "image": {"id": "{file}", "caption": "A picture"}}""",
            """{"imageMessage": {"caption": "A picture", "mimetype": "image/png", "width": 640, "height": 480}}""")
        {
            File = "png",
        },
        new(
            "view-once image",
            """{"to": "{to}", "type": "image", "image": {"id": "{file}", "viewOnce": true}}""",
            """{"viewOnceMessageV2": {"message": {"imageMessage": {"mimetype": "image/jpeg", "viewOnce": true}}}}""")
        {
            File = "jpeg",
        },
        new(
            "video",
            """{"to": "{to}", "type": "video", "video": {"id": "{file}", "caption": "A film", "seconds": 5}}""",
            """{"videoMessage": {"caption": "A film", "seconds": 5, "mimetype": "video/mp4"}}""")
        {
            File = "mp4",
        },
        new(
            "gif",
            """{"to": "{to}", "type": "gif", "gif": {"id": "{file}"}}""",
            """{"videoMessage": {"gifPlayback": true}}""")
        {
            File = "mp4",
        },
        new(
            "video note",
            """{"to": "{to}", "type": "video_note", "video_note": {"id": "{file}"}}""",
            """{"ptvMessage": {"mimetype": "video/mp4"}}""")
        {
            File = "mp4",
        },
        new(
            "audio",
            """{"to": "{to}", "type": "audio", "audio": {"id": "{file}", "seconds": 3}}""",
            """{"audioMessage": {"mimetype": "audio/mpeg", "seconds": 3}}""")
        {
            File = "mp3",
        },
        new(
            "voice note",
            """{"to": "{to}", "type": "voice", "voice": {"id": "{file}"}}""",
            """{"audioMessage": {"ptt": true, "mimetype": "audio/ogg; codecs=opus", "seconds": 3}}""")
        {
            File = "ogg",
        },
        new(
            "document",
            """{"to": "{to}", "type": "document", "document": {"id": "{file}", "fileName": "offer.pdf", "caption": "Our offer"}}""",
            """
            {"documentWithCaptionMessage": {"message":
                {"documentMessage": {"mimetype": "application/pdf", "fileName": "offer.pdf", "caption": "Our offer"}}}}
            """)
        {
            File = "pdf",
        },
        new(
            "sticker",
            """{"to": "{to}", "type": "sticker", "sticker": {"id": "{file}"}}""",
            """{"stickerMessage": {"mimetype": "image/webp"}}""")
        {
            File = "webp",
        },
        new("deletion", "null", """{"protocolMessage": {"type": "REVOKE", "key": {"id": "{own}"}}}""")
        {
            Then = new("deleted", "{own}"),
            Method = "DELETE",
            Path = "messages/{own}",
        },
    ];
}
