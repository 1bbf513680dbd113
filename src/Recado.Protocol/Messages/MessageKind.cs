using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Names the kind of a message by its field, so that kinds without a schema here have a name too.</summary>
internal static class MessageKind
{
    private const string Unknown = "unknown";

    /// <summary>The name of the first field that is content rather than key material or context.</summary>
    /// <param name="message">The message.</param>
    /// <param name="protobuf">Its serialised form, where unlisted fields can be seen.</param>
    public static string Of(Message message, byte[] protobuf)
    {
        if (message.ProtocolMessage is { } protocol)
            return OfProtocol(protocol);

        var input = new CodedInputStream(protobuf);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (Name(WireFormat.GetTagFieldNumber(tag)) is { } name)
                return name;
            input.SkipLastField();
        }

        return message.SenderKeyDistributionMessage is null ? Unknown : "sender_key_distribution";
    }

    private static string OfProtocol(ProtocolMessage protocol) => protocol.Type switch
    {
        ProtocolMessage.Types.Type.Revoke => "revoke",
        ProtocolMessage.Types.Type.MessageEdit => "edit",
        ProtocolMessage.Types.Type.EphemeralSetting => "ephemeral_setting",
        _ => "protocol",
    };

    private static string? Name(int field) => field switch
    {
        2 or 15 or 35 => null, // sender keys and context go along with content
        3 => "image",
        4 => "contact",
        5 => "location",
        7 => "document",
        8 => "audio",
        9 or 66 => "video",
        10 or 69 => "call",
        13 => "contacts",
        16 or 22 or 23 or 24 or 41 or 44 => "payment",
        18 => "live_location",
        25 => "template",
        26 => "sticker",
        28 => "group_invite",
        29 => "template_reply",
        30 => "product",
        31 => "device_sent",
        36 => "list",
        38 => "order",
        39 => "list_response",
        42 => "buttons",
        43 => "buttons_response",
        45 => "interactive",
        46 or 56 => "reaction",
        48 => "interactive_response",
        49 or 60 or 64 or 93 or 111 or 119 => "poll",
        121 => "poll_option",
        50 => "poll_vote",
        51 => "keep",
        54 => "phone_number_request",
        63 => "pin",
        71 => "comment",
        75 => "event",
        76 => "event_response",
        80 => "placeholder",
        82 => "edit",
        83 => "album",
        86 => "sticker_pack",
        _ => Unknown,
    };
}
