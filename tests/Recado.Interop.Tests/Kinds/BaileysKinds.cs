namespace Recado.Interop.Tests.Kinds;

/// <summary>Every kind that Baileys can send.</summary>
internal static class BaileysKinds
{
    public static IReadOnlyList<BaileysKind> All { get; } =
    [
        new("text", """{"text": "Olá 👋"}""", """{"extendedTextMessage": {"text": "Olá 👋"}}""", """{"type": "text", "text": "Olá 👋"}"""),
        new(
            "reply with a mention",
            """{"text": "@5511900000003 knows", "mentions": ["5511900000003@s.whatsapp.net"]}""",
            """
            {"extendedTextMessage": {"text": "@5511900000003 knows", "contextInfo":
                {"stanzaId": "{theirs}", "mentionedJid": ["5511900000003@s.whatsapp.net"]}}}
            """,
            """
            {"type": "text", "text": "@5511900000003 knows", "context":
                {"messageId": "{theirs}", "content": {"type": "text", "text": "theirs"}, "mentions": ["5511900000003@s.whatsapp.net"]}}
            """)
        {
            Options = """{"quoted": {"$message": "{theirs}"}}""",
        },
        new(
            "link preview",
            """
            {"text": "See https://example.com", "linkPreview": {"canonical-url": "https://example.com", "matched-text": "https://example.com",
                "title": "Example", "description": "A domain", "jpegThumbnail": {"$bytes": "/9j/2wA="}}}
            """,
            """{"extendedTextMessage": {"text": "See https://example.com", "title": "Example", "jpegThumbnail": "/9j/2wA="}}""",
            """{"type": "text", "preview": {"url": "https://example.com", "title": "Example", "description": "A domain"}}"""),
        new(
            "disappearing text",
            """{"text": "Gone soon"}""",
            """{"extendedTextMessage": {"text": "Gone soon", "contextInfo": {"expiration": 86400}}}""",
            """{"type": "text", "text": "Gone soon", "context": {"expiresAfterSeconds": 86400}}""")
        {
            Options = """{"ephemeralExpiration": 86400}""",
        },
        new(
            "forward",
            """{"forward": {"$message": "{theirs}"}}""",
            """{"extendedTextMessage": {"text": "theirs", "contextInfo": {"isForwarded": true, "forwardingScore": 1}}}""",
            """{"type": "text", "text": "theirs", "context": {"isForwarded": true, "forwardingScore": 1}}"""),
        .. Files,
        new(
            "location",
            """{"location": {"degreesLatitude": -23.5614, "degreesLongitude": -46.6559, "name": "MASP", "address": "Av. Paulista, 1578"}}""",
            """{"locationMessage": {"degreesLatitude": -23.5614, "degreesLongitude": -46.6559, "name": "MASP"}}""",
            """{"type": "location", "latitude": -23.5614, "longitude": -46.6559, "name": "MASP", "address": "Av. Paulista, 1578"}"""),
        new(
            "live location",
            """{"liveLocationMessage": {"degreesLatitude": 1.5, "degreesLongitude": 2.5, "accuracyInMeters": 9, "caption": "On my way", "sequenceNumber": 7}}""",
            """{"liveLocationMessage": {"degreesLatitude": 1.5, "degreesLongitude": 2.5, "caption": "On my way"}}""",
            """{"type": "live_location", "latitude": 1.5, "longitude": 2.5, "caption": "On my way", "accuracyInMeters": 9, "sequenceNumber": 7}""")
        {
            IsRelayed = true,
        },
        new(
            "contact",
            """{"contacts": {"contacts": [{"displayName": "Carla", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD"}]}}""",
            """{"contactMessage": {"displayName": "Carla", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD"}}""",
            """{"type": "contacts", "contacts": [{"displayName": "Carla", "vCard": "BEGIN:VCARD\nVERSION:3.0\nFN:Carla\nEND:VCARD"}]}"""),
        new(
            "contacts",
            """
            {"contacts": {"displayName": "2 contacts", "contacts":
                [{"displayName": "Carla", "vcard": "BEGIN:VCARD\nEND:VCARD"}, {"displayName": "Davi", "vcard": "BEGIN:VCARD\nEND:VCARD"}]}}
            """,
            """{"contactsArrayMessage": {"displayName": "2 contacts", "contacts": [{"displayName": "Carla"}, {"displayName": "Davi"}]}}""",
            """{"type": "contacts", "title": "2 contacts", "contacts": [{"displayName": "Carla"}, {"displayName": "Davi"}]}"""),
        new(
            "poll",
            """{"poll": {"name": "Lunch?", "values": ["Yes", "No"], "selectableCount": 1}}""",
            """{"pollCreationMessageV3": {"name": "Lunch?", "options": [{"optionName": "Yes"}, {"optionName": "No"}], "selectableOptionsCount": 1}}""",
            """{"type": "poll", "question": "Lunch?", "options": ["Yes", "No"], "selectableCount": 1}"""),
        new(
            "event",
            """{"event": {"name": "Party", "description": "Bring cake", "startDate": {"$date": "2027-01-31T20:00:00Z"}}}""",
            """{"eventMessage": {"name": "Party", "description": "Bring cake", "startTime": 1801425600}}""",
            """{"type": "event", "name": "Party", "description": "Bring cake", "startsAt": "2027-01-31T20:00:00.000Z"}"""),
        new(
            "group invitation",
            """
            {"groupInviteMessage": {"groupJid": "120363000000000009@g.us", "inviteCode": "AbCdEf", "inviteExpiration": 1801425600,
                "groupName": "Friends", "caption": "Join us"}}
            """,
            """{"groupInviteMessage": {"groupJid": "120363000000000009@g.us", "inviteCode": "AbCdEf", "groupName": "Friends"}}""",
            """{"type": "group_invite", "group": "120363000000000009@g.us", "code": "AbCdEf", "groupName": "Friends", "caption": "Join us"}""")
        {
            IsRelayed = true,
        },
        .. Actions,
    ];

    private static IReadOnlyList<BaileysKind> Files =>
    [
        new(
            "image",
            """{"image": {"$file": "{file}"}, "caption": "A picture", "jpegThumbnail": "/9j/2wA=", "width": 4, "height": 3}""",
            """{"imageMessage": {"caption": "A picture", "mimetype": "image/jpeg", "jpegThumbnail": "/9j/2wA=", "width": 4, "height": 3}}""",
            """
            {"type": "image", "caption": "A picture", "mimeType": "image/jpeg", "thumbnail": "/9j/2wA=", "width": 4, "height": 3,
                "sha256": "{sha256}"}
            """),
        new(
            "view-once image",
            """{"image": {"$file": "{file}"}, "jpegThumbnail": "/9j/2wA=", "viewOnce": true}""",
            """{"viewOnceMessage": {"message": {"imageMessage": {"mimetype": "image/jpeg"}}}}""",
            """{"type": "image", "viewOnce": true, "sha256": "{sha256}"}"""),
        new(
            "video",
            """{"video": {"$file": "{file}"}, "caption": "A film", "seconds": 5, "jpegThumbnail": "/9j/2wA="}""",
            """{"videoMessage": {"caption": "A film", "seconds": 5, "mimetype": "video/mp4"}}""",
            """{"type": "video", "caption": "A film", "seconds": 5, "mimeType": "video/mp4", "sha256": "{sha256}"}"""),
        new(
            "gif",
            """{"video": {"$file": "{file}"}, "gifPlayback": true, "jpegThumbnail": "/9j/2wA="}""",
            """{"videoMessage": {"gifPlayback": true}}""",
            """{"type": "gif", "sha256": "{sha256}"}"""),
        new(
            "video note",
            """{"video": {"$file": "{file}"}, "ptv": true}""",
            """{"ptvMessage": {"mimetype": "video/mp4"}}""",
            """{"type": "video_note", "sha256": "{sha256}"}"""),
        new(
            "audio",
            """{"audio": {"$file": "{file}"}, "mimetype": "audio/mpeg", "seconds": 3}""",
            """{"audioMessage": {"mimetype": "audio/mpeg", "seconds": 3}}""",
            """{"type": "audio", "mimeType": "audio/mpeg", "seconds": 3, "sha256": "{sha256}"}"""),
        new(
            "voice note",
            """
            {"audio": {"$file": "{file}"}, "ptt": true, "mimetype": "audio/ogg; codecs=opus", "seconds": 3, "waveform": {"$bytes": "AAECAw=="}}
            """,
            """{"audioMessage": {"ptt": true, "mimetype": "audio/ogg; codecs=opus", "waveform": "AAECAw=="}}""",
            """{"type": "voice", "mimeType": "audio/ogg; codecs=opus", "seconds": 3, "waveform": "AAECAw==", "sha256": "{sha256}"}"""),
        new(
            "document",
            """{"document": {"$file": "{file}"}, "mimetype": "application/pdf", "fileName": "offer.pdf", "caption": "Our offer"}""",
            """{"documentMessage": {"mimetype": "application/pdf", "fileName": "offer.pdf", "caption": "Our offer"}}""",
            """
            {"type": "document", "mimeType": "application/pdf", "fileName": "offer.pdf", "caption": "Our offer", "sha256": "{sha256}"}
            """),
        new(
            "sticker",
            """{"sticker": {"$file": "{file}"}, "isAnimated": true}""",
            """{"stickerMessage": {"mimetype": "image/webp", "isAnimated": true}}""",
            """{"type": "sticker", "mimeType": "image/webp", "isAnimated": true, "sha256": "{sha256}"}"""),
    ];

    private static IReadOnlyList<BaileysKind> Actions =>
    [
        new(
            "reaction",
            """{"react": {"text": "👍", "key": {"$key": "{theirs}"}}}""",
            """{"reactionMessage": {"text": "👍", "key": {"id": "{theirs}", "fromMe": true}}}""",
            """{"type": "reaction", "emoji": "👍", "target": {"messageId": "{theirs}"}}""")
        {
            Then = new("reaction", "{theirs}"),
        },
        new(
            "reaction taken back",
            """{"react": {"text": "", "key": {"$key": "{theirs}"}}}""",
            """{"reactionMessage": {"text": "", "key": {"id": "{theirs}"}}}""",
            """{"type": "reaction", "emoji": "", "target": {"messageId": "{theirs}"}}"""),
        new(
            "edit",
            """{"text": "better", "edit": {"$key": "{own}"}}""",
            """{"protocolMessage": {"type": "MESSAGE_EDIT", "key": {"id": "{own}"}, "editedMessage": {"extendedTextMessage": {"text": "better"}}}}""",
            """{"type": "edit", "target": {"messageId": "{own}"}, "content": {"type": "text", "text": "better"}}""")
        {
            EventType = "message_edited",
            Then = new("edited", "{own}"),
        },
        new(
            "deletion",
            """{"delete": {"$key": "{own}"}}""",
            """{"protocolMessage": {"type": "REVOKE", "key": {"id": "{own}"}}}""",
            """{"type": "revoke", "target": {"messageId": "{own}"}}""")
        {
            EventType = "message_deleted",
            Then = new("deleted", "{own}"),
        },
        new(
            "pin",
            """{"pin": {"$key": "{theirs}"}, "type": 1, "time": 86400}""",
            """{"pinInChatMessage": {"type": "PIN_FOR_ALL", "key": {"id": "{theirs}"}}}""",
            """{"type": "pin", "isPinned": true, "seconds": 86400, "target": {"messageId": "{theirs}"}}"""),
        new(
            "keep",
            """{"keepInChatMessage": {"keepType": 1, "key": {"$key": "{theirs}"}, "timestampMs": 1801425600000}}""",
            """{"keepInChatMessage": {"keepType": "KEEP_FOR_ALL", "key": {"id": "{theirs}"}}}""",
            """{"type": "keep", "isKept": true, "target": {"messageId": "{theirs}"}}""")
        {
            IsRelayed = true,
        },
        new(
            "disappearing timer",
            """{"disappearingMessagesInChat": 604800}""",
            """{"ephemeralMessage": {"message": {"protocolMessage": {"type": "EPHEMERAL_SETTING", "ephemeralExpiration": 604800}}}}""",
            """{"type": "disappearing_timer", "seconds": 604800}""")
        {
            Undo = """{"disappearingMessagesInChat": 0}""",
        },
    ];
}
