namespace Recado.Protocol.Messages;

/// <summary>Something that phones show in a chat and that is read here, not written. It is kept as the protobuf it came as.</summary>
public abstract record NoticeContent : MessageContent
{
    private protected NoticeContent(byte[] protobuf) => Protobuf = protobuf;

    /// <summary>The serialised message.</summary>
    public byte[] Protobuf { get; init; }
}

/// <summary>How a call ended.</summary>
public enum CallOutcome
{
    /// <summary>People spoke.</summary>
    Connected = 0,

    /// <summary>Nobody answered.</summary>
    Missed = 1,

    /// <summary>It could not be set up.</summary>
    Failed = 2,

    /// <summary>It was declined.</summary>
    Rejected = 3,

    /// <summary>Another device of the account answered.</summary>
    AcceptedElsewhere = 4,

    /// <summary>It goes on.</summary>
    Ongoing = 5,

    /// <summary>It did not ring, because the phone was not to be disturbed.</summary>
    SilencedByDoNotDisturb = 6,

    /// <summary>It did not ring, because the caller is unknown.</summary>
    SilencedUnknownCaller = 7,

    /// <summary>None of these.</summary>
    Unknown = 99,
}

/// <summary>A call, as it stands in the chat afterwards.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="IsVideo">Whether it was with video.</param>
/// <param name="Duration">How long it took; null when nobody spoke.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record CallLogContent(CallOutcome Outcome, bool IsVideo, TimeSpan? Duration, byte[] Protobuf) : NoticeContent(Protobuf);

/// <summary>A pack of stickers that somebody shares.</summary>
/// <param name="Id">The pack.</param>
/// <param name="Name">What it is called.</param>
/// <param name="Publisher">Who made it.</param>
/// <param name="Protobuf">The serialised message.</param>
public sealed record StickerPackContent(string Id, string? Name, string? Publisher, byte[] Protobuf) : NoticeContent(Protobuf);

/// <summary>Somebody who knows us by LID only asks for our phone number.</summary>
/// <param name="Protobuf">The serialised message.</param>
public sealed record PhoneNumberRequestContent(byte[] Protobuf) : NoticeContent(Protobuf);

/// <summary>Stands for a message that only the phone shows: linked devices do not get it.</summary>
/// <param name="Protobuf">The serialised message.</param>
public sealed record PlaceholderContent(byte[] Protobuf) : NoticeContent(Protobuf);
