using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using KeepType = Recado.Protocol.Proto.KeepInChatMessage.Types.KeepType;
using ProtocolType = Recado.Protocol.Proto.ProtocolMessage.Types.Type;

namespace Recado.Protocol.Messages;

/// <summary>What the service is told about an encrypted message, for it to route, count and show notifications.</summary>
/// <param name="Type">The attribute <c>type</c> of <c>message</c>.</param>
/// <param name="MediaType">The attribute <c>mediatype</c> of each <c>enc</c>; null when there is none.</param>
/// <param name="Edit">The attribute <c>edit</c> of <c>message</c>; null when there is none.</param>
/// <param name="HidesFailure">Whether each <c>enc</c> says <c>decrypt-fail="hide"</c>: nothing is shown when it cannot be read.</param>
/// <param name="Meta">The child <c>meta</c>; null when there is none.</param>
public sealed record MessageTraits(string Type, string? MediaType, string? Edit, bool HidesFailure, Node? Meta)
{
    private const string EditMessage = "1";
    private const string EditPin = "2";
    private const string EditOwnRemoval = "7";
    private const string EditAdminRemoval = "8";

    /// <summary>The traits of a message for a user, group or broadcast; channels have their own.</summary>
    public static MessageTraits Of(Message message)
    {
        ArgumentNullException.ThrowIfNull(message);
        var inner = MessageContentMapper.Unwrap(message);
        var mediaType = MediaTypeOf(inner);
        var edit = EditOf(inner);
        var type = TypeOf(inner, mediaType);
        var hides = edit is not null || type == "reaction" || inner.PollUpdateMessage is not null;
        return new(type, mediaType, edit, hides, MetaOf(inner, type));
    }

    private static string TypeOf(Message message, string? mediaType)
    {
        if (message.ReactionMessage is not null || message.EncReactionMessage is not null)
            return "reaction";
        if (IsPoll(message) || message.PollUpdateMessage is not null)
            return "poll";
        if (message.EventMessage is not null)
            return "event";

        return mediaType is null ? "text" : "media";
    }

    private static bool IsPoll(Message message) =>
        (message.PollCreationMessage ?? message.PollCreationMessageV2 ?? message.PollCreationMessageV3 ?? message.PollCreationMessageV5
            ?? message.PollCreationMessageV6) is not null;

    private static string? MediaTypeOf(Message message) => message switch
    {
        { ExtendedTextMessage.HasTitle: true } => "url",
        { ImageMessage: not null } => "image",
        { StickerMessage: not null } => "sticker",
        { DocumentMessage: not null } => "document",
        { AudioMessage: { } audio } => audio.Ptt ? "ptt" : "audio",
        { VideoMessage: { } video } => video.GifPlayback ? "gif" : "video",
        { PtvMessage: not null } => "video",
        { ContactMessage: not null } => "vcard",
        { ContactsArrayMessage: not null } => "contact_array",
        { LiveLocationMessage: not null } => "livelocation",
        { ListMessage: not null } => "list",
        { ListResponseMessage: not null } => "list_response",
        { ButtonsResponseMessage: not null } => "buttons_response",
        { OrderMessage: not null } => "order",
        { ProductMessage: not null } => "product",
        { InteractiveResponseMessage: not null } => "native_flow_response",
        { GroupInviteMessage: not null } => "url",
        _ => null,
    };

    private static string? EditOf(Message message) => message switch
    {
        { ProtocolMessage.Type: ProtocolType.MessageEdit } => EditMessage,
        { PinInChatMessage: not null } => EditPin,
        { ProtocolMessage: { Type: ProtocolType.Revoke } revoke } => revoke.Key?.FromMe == true ? EditOwnRemoval : EditAdminRemoval,
        { ReactionMessage.Text: "" } => EditOwnRemoval,
        { KeepInChatMessage: { KeepType: KeepType.UndoKeepForAll, Key.FromMe: true } } => EditOwnRemoval,
        _ => null,
    };

    private static Node? MetaOf(Message message, string type) => type switch
    {
        "poll" => new("meta", [("polltype", message.PollUpdateMessage is null ? "creation" : "vote")]),
        "event" => new("meta", [("event_type", "creation")]),
        _ when message.ProtocolMessage?.Type == ProtocolType.GroupMemberLabelChange =>
            new("meta", [("tag_reason", "user_update"), ("appdata", "member_tag")]),
        _ => null,
    };
}
