namespace Recado.Protocol.Messages;

/// <summary>Where the author of a message came from, as WhatsApp tells businesses: an ad, a link, another app. What is not known is null.</summary>
public sealed record MessageReferral
{
    /// <summary>What was shown: <c>ad</c> or <c>post</c>.</summary>
    public string? SourceType { get; init; }

    /// <summary>The id of the ad or post.</summary>
    public string? SourceId { get; init; }

    /// <summary>Where the ad or post is found.</summary>
    public string? SourceUrl { get; init; }

    /// <summary>The app it was shown in, such as <c>instagram</c>.</summary>
    public string? SourceApp { get; init; }

    /// <summary>Its headline.</summary>
    public string? Title { get; init; }

    /// <summary>Its text.</summary>
    public string? Body { get; init; }

    /// <summary>Its picture or video.</summary>
    public string? MediaUrl { get; init; }

    /// <summary>A small picture of it.</summary>
    public string? ThumbnailUrl { get; init; }

    /// <summary>The id of the click on a click-to-WhatsApp ad, by which a conversion is reported to its platform.</summary>
    public string? CtwaClid { get; init; }

    /// <summary>What the advertiser has written into the ad to recognise it.</summary>
    public string? Ref { get; init; }

    /// <summary>Who brought the author, such as <c>FB_Ads</c>.</summary>
    public string? ConversionSource { get; init; }

    /// <summary>How the chat was opened, such as <c>ctwa_ad</c> or <c>click_to_chat_link</c>.</summary>
    public string? EntryPointConversionSource { get; init; }

    /// <summary>From which app.</summary>
    public string? EntryPointConversionApp { get; init; }

    /// <summary>How many seconds before the message.</summary>
    public uint? EntryPointConversionDelaySeconds { get; init; }

    /// <summary>The campaign's source (<c>utm_source</c>).</summary>
    public string? EntryPointConversionExternalSource { get; init; }

    /// <summary>The campaign's medium (<c>utm_medium</c>).</summary>
    public string? EntryPointConversionExternalMedium { get; init; }

    /// <summary>Whether it was a click-to-WhatsApp ad: it has a click id, or is called an ad. A link that only looks like one is none.</summary>
    public bool IsAd => CtwaClid is not null || SourceType == "ad" || EntryPointConversionSource?.StartsWith("ctwa", StringComparison.Ordinal) == true;
}
