using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>A file of the store for WhatsApp to have, before a message refers to it.</summary>
/// <param name="To">Whom it is for, as in <see cref="SendMessage"/>: nothing is uploaded for somebody who is not there.</param>
[GenerateSerializer, Immutable, Alias("recado.upload-media")]
internal sealed record UploadMedia(
    [property: Id(0)] string To, [property: Id(1)] MediaKind Kind, [property: Id(2)] Guid UserId, [property: Id(3)] Guid MediaId, [property: Id(4)] string Sha256,
    [property: Id(5)] long Size, [property: Id(6)] string? MimeType, [property: Id(7)] string? FileName)
{
    public static UploadMedia Of(string to, MediaKind kind, MediaRow row) =>
        new(to, kind, row.UserId, row.Id, row.Sha256, row.Size, row.MimeType, row.FileName);

    public MediaRow ToRow(Guid sessionId) => new(MediaId, UserId, sessionId, MediaStatuses.Stored, MimeType, Size, Sha256, FileName);
}

/// <summary>How an upload ended.</summary>
[GenerateSerializer, Immutable, Alias("recado.upload-outcome")]
internal abstract record UploadOutcome
{
    private UploadOutcome() { }

    /// <summary>WhatsApp has it. The key is the file's own secret.</summary>
    [GenerateSerializer, Immutable, Alias("recado.upload-outcome.uploaded")]
    public sealed record Uploaded(
        [property: Id(0)] string? DirectPath, [property: Id(1)] string? Url, [property: Id(2)] byte[] Key, [property: Id(3)] byte[] Sha256,
        [property: Id(4)] byte[] EncryptedSha256, [property: Id(5)] long Length, [property: Id(6)] DateTimeOffset? KeyCreatedAt) : UploadOutcome
    {
        public static Uploaded Of(MediaReference file) =>
            new(file.DirectPath, file.Url, file.Key, file.Sha256, file.EncryptedSha256, file.Length, file.KeyCreatedAt);

        public MediaReference ToReference() => new(DirectPath, Key, Sha256, EncryptedSha256, Length) { Url = Url, KeyCreatedAt = KeyCreatedAt };
    }

    /// <summary>It was not tried, for the reason that the message could not be sent for either.</summary>
    [GenerateSerializer, Immutable, Alias("recado.upload-outcome.not-uploaded")]
    public sealed record NotUploaded([property: Id(0)] SendOutcome Cause) : UploadOutcome;

    /// <summary>The file is not in the store.</summary>
    [GenerateSerializer, Immutable, Alias("recado.upload-outcome.gone")]
    public sealed record Gone : UploadOutcome;

    /// <summary>WhatsApp did not take it; <paramref name="Reason"/> is a sentence for people.</summary>
    [GenerateSerializer, Immutable, Alias("recado.upload-outcome.failed")]
    public sealed record Failed([property: Id(0)] string Reason) : UploadOutcome;
}
