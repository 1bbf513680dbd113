using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary><see cref="MessageReferral"/> and the fields of <c>ContextInfo</c> that say the same.</summary>
internal static class ReferralMapping
{
    private static readonly MessageReferral Empty = new();

    public static MessageReferral? Read(ContextInfo info)
    {
        var shown = info.ExternalAdReply ?? new();
        var referral = new MessageReferral
        {
            SourceType = shown.SourceType.OrNull(),
            SourceId = shown.SourceId.OrNull(),
            SourceUrl = shown.SourceUrl.OrNull(),
            SourceApp = shown.SourceApp.OrNull(),
            Title = shown.Title.OrNull(),
            Body = shown.Body.OrNull(),
            MediaUrl = shown.MediaUrl.OrNull(),
            ThumbnailUrl = shown.ThumbnailUrl.OrNull(),
            CtwaClid = shown.CtwaClid.OrNull(),
            Ref = shown.Ref.OrNull(),
            ConversionSource = info.ConversionSource.OrNull(),
            EntryPointConversionSource = info.EntryPointConversionSource.OrNull(),
            EntryPointConversionApp = info.EntryPointConversionApp.OrNull(),
            EntryPointConversionDelaySeconds = info.HasEntryPointConversionDelaySeconds ? info.EntryPointConversionDelaySeconds : null,
            EntryPointConversionExternalSource = info.EntryPointConversionExternalSource.OrNull(),
            EntryPointConversionExternalMedium = info.EntryPointConversionExternalMedium.OrNull(),
        };
        return referral == Empty ? null : referral;
    }

    public static void Write(ContextInfo info, MessageReferral referral)
    {
        var shown = new ContextInfo.Types.ExternalAdReplyInfo();
        Set(referral.SourceType, value => shown.SourceType = value);
        Set(referral.SourceId, value => shown.SourceId = value);
        Set(referral.SourceUrl, value => shown.SourceUrl = value);
        Set(referral.SourceApp, value => shown.SourceApp = value);
        Set(referral.Title, value => shown.Title = value);
        Set(referral.Body, value => shown.Body = value);
        Set(referral.MediaUrl, value => shown.MediaUrl = value);
        Set(referral.ThumbnailUrl, value => shown.ThumbnailUrl = value);
        Set(referral.CtwaClid, value => shown.CtwaClid = value);
        Set(referral.Ref, value => shown.Ref = value);
        if (!shown.Equals(new()))
            info.ExternalAdReply = shown;

        Set(referral.ConversionSource, value => info.ConversionSource = value);
        Set(referral.EntryPointConversionSource, value => info.EntryPointConversionSource = value);
        Set(referral.EntryPointConversionApp, value => info.EntryPointConversionApp = value);
        if (referral.EntryPointConversionDelaySeconds is { } delay)
            info.EntryPointConversionDelaySeconds = delay;
        Set(referral.EntryPointConversionExternalSource, value => info.EntryPointConversionExternalSource = value);
        Set(referral.EntryPointConversionExternalMedium, value => info.EntryPointConversionExternalMedium = value);
    }

    private static void Set(string? value, Action<string> set)
    {
        if (value is not null)
            set(value);
    }
}
