using System.Buffers.Text;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages.Kinds;
using Recado.Server.Features.Outbound;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>A file of the store that is ready to be sent as one kind of message.</summary>
/// <param name="Row">Its row; see <see cref="OutgoingMedia.RememberAsync"/>.</param>
internal sealed record ReadyMedia(MediaRow Row, MediaFacts Facts)
{
    /// <summary>What was made ready, so that the next message with it need not do it again.</summary>
    public MediaSourceKey? Source { get; init; }

    /// <summary>Whether the row is still to be written.</summary>
    public bool IsNew { get; init; }
}

/// <summary>The bytes that a user gave for a kind of message.</summary>
internal sealed record MediaSourceKey(Guid UserId, string Kind, string Sha256);

/// <summary>Takes the files that users want to send from where they are, checks them and makes them ready. Thread-safe.</summary>
internal sealed class OutgoingMedia(IMediaStore store, MediaFiles files, OutboundHttp outbound, MediaPreparation preparation)
{
    private const int MostRemembered = 1000;

    /// <summary>What many messages are likely to be sent with.</summary>
    private readonly ConcurrentDictionary<MediaSourceKey, ReadyMedia> _ready = new();

    /// <summary>Makes a file ready. Nothing of it is in the database before <see cref="RememberAsync"/>.</summary>
    public async Task<Answer<ReadyMedia>> PrepareAsync(AuthenticatedUser caller, Guid sessionId, SendableKind kind, MediaRequest request, CancellationToken ct)
    {
        try
        {
            if (request.Id is not { } id)
                return await PrepareNewAsync(caller.Id, sessionId, kind, request, ct);

            var found = await FindAsync(caller, id, ct);
            return found.IsGiven ? await PrepareKeptAsync(sessionId, kind, request, found.Value, ct) : found.Problem;
        }
        catch (MediaRefusedException refusal)
        {
            return refusal.Problem;
        }
        catch (LinkException e)
        {
            return ToProblem(e);
        }
    }

    /// <summary>A file of the user's that is in the store, unless the caller does not reach its session.</summary>
    public async Task<Answer<MediaRow>> FindAsync(AuthenticatedUser caller, string? id, CancellationToken ct)
    {
        if (!Guid.TryParse(id, out var mediaId) || await store.FindAsync(caller.Id, mediaId, ct) is not { } row || !caller.Sees(row.SessionId))
            return Missing();

        return row.Status switch
        {
            MediaStatuses.Pending => Problems.Details(StatusCodes.Status409Conflict, "media_pending", "The file has not arrived from WhatsApp yet."),
            MediaStatuses.Failed => Problems.Details(StatusCodes.Status409Conflict, "media_failed", "The file could not be fetched from WhatsApp."),
            _ => row,
        };
    }

    /// <summary>Writes the row of a file that a message is about to be sent with.</summary>
    public async Task RememberAsync(ReadyMedia media, CancellationToken ct)
    {
        if (media.IsNew)
            await store.AddAsync(media.Row, ct);
        if (media.Source is not { } source)
            return;
        if (_ready.Count >= MostRemembered)
            _ready.Clear(); // only costs time

        _ready[source] = media with { IsNew = false };
    }

    private async Task<Answer<ReadyMedia>> PrepareKeptAsync(Guid sessionId, SendableKind kind, MediaRequest request, MediaRow row, CancellationToken ct)
    {
        if (kind.IsPlain)
            return row.Size <= kind.Limit ? new ReadyMedia(row, new MediaFacts(DocumentType(row.MimeType, request, row.FileName))) : throw MediaRefusedException.TooLarge(kind);
        if (row.MimeType is { } type && !kind.Takes(type))
            throw MediaRefusedException.Mismatch(kind, type);
        if (row.Size > kind.SourceLimit)
            throw MediaRefusedException.TooLarge(kind);
        if (await RecallAsync(new MediaSourceKey(row.UserId, kind.Name, row.Sha256), ct) is { } ready)
            return ready;

        var copy = files.Create();
        try
        {
            await using var kept = await files.OpenAsync(row.Sha256, ct);
            if (kept is null)
                return Missing();

            await kept.CopyToAsync(copy, ct);
            return await MakeReadyAsync(row.UserId, sessionId, kind, request, copy, row, ct);
        }
        finally
        {
            await MediaFiles.DiscardAsync(copy);
        }
    }

    private async Task<Answer<ReadyMedia>> PrepareNewAsync(Guid userId, Guid sessionId, SendableKind kind, MediaRequest request, CancellationToken ct)
    {
        var file = files.Create();
        try
        {
            if (request.Link is { } link)
            {
                using var answer = await outbound.GetAsync(link, "*/*", ct);
                await answer.CopyToAsync(file, kind.SourceLimit, ct);
                if (!kind.IsPlain && IsPage(answer, await MediaFiles.HeadOfAsync(file, ct)))
                {
                    return Problems.Details(
                        StatusCodes.Status422UnprocessableEntity, "link_not_media",
                        $"The link leads to a web page (HTML), not to a file for '{kind.Name}'. Give the address of the file itself.");
                }
            }
            else if (!Decode(request.Data!, file))
            {
                return Problems.InvalidField(kind.Name, $"'{kind.Name}.data' is not Base64.", "media_data_invalid");
            }

            if (file.Length == 0)
                return Problems.InvalidField(kind.Name, "The file is empty.", "media_empty");
            if (file.Length > kind.SourceLimit)
                throw MediaRefusedException.TooLarge(kind);

            return await MakeReadyAsync(userId, sessionId, kind, request, file, kept: null, ct);
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    /// <param name="kept">The row of the same bytes, if there is one.</param>
    private async Task<Answer<ReadyMedia>> MakeReadyAsync(
        Guid userId, Guid sessionId, SendableKind kind, MediaRequest request, FileStream given, MediaRow? kept, CancellationToken ct)
    {
        var type = await MediaFiles.TypeOfAsync(given, ct);
        if (!kind.Takes(type))
            throw MediaRefusedException.Mismatch(kind, type);

        var source = new MediaSourceKey(userId, kind.Name, await MediaFiles.HashOfAsync(given, ct));
        if (!kind.IsPlain && await RecallAsync(source, ct) is { } ready)
            return ready;

        var (file, facts) = await preparation.PrepareAsync(kind, given, type, ct);
        try
        {
            if (file.Length > kind.Limit)
                throw MediaRefusedException.TooLarge(kind);
            if (file == given && kept is not null)
                return new ReadyMedia(kept, facts) { Source = source };

            var stored = await files.KeepAsync(file, ct);
            var name = kind.IsPlain ? request.FileName ?? NameOf(request.Link) : null;
            if (kind.IsPlain)
                facts = new MediaFacts(DocumentType(type, request, name));
            var row = new MediaRow(Guid.CreateVersion7(), userId, sessionId, MediaStatuses.Stored, stored.MimeType, stored.Size, stored.Sha256, name);
            return new ReadyMedia(row, facts) { Source = kind.IsPlain ? null : source, IsNew = true };
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    /// <summary>Whether a link has led to a web page: by its content, or by what the server says of a content that is nothing else.</summary>
    private static bool IsPage(HttpResponseMessage answer, byte[] head) =>
        MediaType.IsHtml(head) || (answer.Content.Headers.ContentType?.MediaType == "text/html" && MediaType.Of(head) == MediaType.Unknown);

    private async Task<ReadyMedia?> RecallAsync(MediaSourceKey source, CancellationToken ct)
    {
        if (!_ready.TryGetValue(source, out var ready))
            return null;
        if (await store.FindAsync(source.UserId, ready.Row.Id, ct) is not null)
            return ready;

        _ready.TryRemove(source, out _); // with its row the file may be gone
        return null;
    }

    /// <summary>Writes what is in Base64, as it is or as a data URL.</summary>
    private static bool Decode(string data, FileStream file)
    {
        var text = data.AsSpan();
        if (text.StartsWith("data:", StringComparison.OrdinalIgnoreCase))
            text = text[(text.IndexOf(',') + 1)..];
        if (!Base64.IsValid(text))
            return false;

        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)]; // bounded by the limit of a request's body
        if (!Convert.TryFromBase64Chars(text, bytes, out var count))
            return false;

        file.Write(bytes, 0, count);
        return true;
    }

    /// <summary>What phones are told of a document: its content decides where it can, else what the user says, else its name.</summary>
    private static string DocumentType(string? byContent, MediaRequest request, string? name) =>
        byContent is not (null or MediaType.Unknown or "application/zip") ? byContent : request.MimeType ?? MediaType.OfName(request.FileName ?? name) ?? byContent ?? MediaType.Unknown;

    /// <summary>The name of the file that a link leads to, if its address has one.</summary>
    private static string? NameOf(string? link)
    {
        if (link is null)
            return null;

        var name = Path.GetFileName(Uri.UnescapeDataString(new Uri(link).AbsolutePath));
        return name.Length is > 0 and <= MediaRequest.LongestName && name.Contains('.') && !name.Any(char.IsControl) ? name : null;
    }

    private static ProblemDetails Missing() =>
        Problems.Details(StatusCodes.Status404NotFound, "media_not_found", "There is no such file among yours.");

    private static ProblemDetails ToProblem(LinkException e) => e.Error switch
    {
        LinkError.Forbidden => Problems.Details(StatusCodes.Status400BadRequest, "link_forbidden", e.Message),
        LinkError.TooLarge => Problems.Details(StatusCodes.Status413PayloadTooLarge, "media_too_large", e.Message),
        LinkError.Truncated => Problems.Details(StatusCodes.Status422UnprocessableEntity, "media_truncated", e.Message),
        _ => Problems.Details(StatusCodes.Status422UnprocessableEntity, "link_unreachable", e.Message),
    };
}
