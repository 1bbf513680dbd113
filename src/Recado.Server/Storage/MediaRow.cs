namespace Recado.Server.Storage;

/// <summary>A row of <c>media</c>.</summary>
/// <param name="Status">One of <see cref="MediaStatuses"/>.</param>
/// <param name="MimeType">What it is: by its content once it is stored, until then what its sender claims.</param>
/// <param name="Sha256">Hash of the file in hex, under which it is kept.</param>
/// <param name="Failure">A sentence for people, when it could not be had.</param>
internal sealed record MediaRow(
    Guid Id, Guid UserId, Guid SessionId, string Status, string? MimeType, long Size, string Sha256, string? FileName = null, string? Failure = null)
{
    /// <summary>What a message's content shows of it.</summary>
    public object ToContent() => new { id = Id, mimeType = MimeType, size = Size, sha256 = Sha256, fileName = FileName, status = Status, failure = Failure };
}

/// <summary>How far a file has come.</summary>
internal static class MediaStatuses
{
    /// <summary>It is at WhatsApp and will be fetched.</summary>
    public const string Pending = "pending";

    /// <summary>It is here.</summary>
    public const string Stored = "stored";

    /// <summary>It could not be had, and will not be tried again by itself.</summary>
    public const string Failed = "failed";
}

/// <summary>A file that waits to be fetched.</summary>
/// <param name="Reference">How to fetch it; secret.</param>
/// <param name="IsWanted">Whether to fetch it by itself, rather than when somebody asks for it.</param>
internal sealed record PendingMedia(MediaRow Row, string Direction, string WhatsAppId, byte[] Reference, bool IsWanted = true);
