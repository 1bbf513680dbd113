using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Calls, sticker packs, requests for the phone number, and placeholders. Read only.</summary>
internal static class NoticeMapping
{
    private const long LongestCall = 366L * 24 * 60 * 60;

    public static MessageContent? Read(Message message)
    {
        if (message.CallLogMessage is { } call)
            return new CallLogContent(Outcome(call.CallOutcome), call.IsVideo, Duration(call.DurationSecs), message.ToByteArray());
        if (message.Call is not null)
            return new CallLogContent(CallOutcome.Unknown, IsVideo: false, Duration: null, message.ToByteArray());
        if (message.StickerPackMessage is { HasStickerPackId: true } pack)
        {
            return new StickerPackContent(pack.StickerPackId, pack.Name.OrNull(), pack.Publisher.OrNull(), message.ToByteArray())
            {
                Context = ContextMapping.Read(pack.ContextInfo),
            };
        }

        if (message.RequestPhoneNumberMessage is { } request)
            return new PhoneNumberRequestContent(message.ToByteArray()) { Context = ContextMapping.Read(request.ContextInfo) };

        return message.PlaceholderMessage is null ? null : new PlaceholderContent(message.ToByteArray());
    }

    private static CallOutcome Outcome(int number) => Enum.IsDefined((CallOutcome)number) ? (CallOutcome)number : CallOutcome.Unknown;

    private static TimeSpan? Duration(long seconds) => seconds is > 0 and < LongestCall ? TimeSpan.FromSeconds(seconds) : null;
}
