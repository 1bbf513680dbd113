using System.Net.Http.Headers;
using Microsoft.AspNetCore.Mvc;
using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>Makes content out of a request for a file, or says what is wrong with it. Pure.</summary>
internal static class MediaComposer
{
    private const int LongestCaption = 4096;
    private const uint LongestSeconds = 24 * 60 * 60;

    /// <summary>The member of a request that a kind is read from.</summary>
    public static MediaRequest? Of(SendMessageRequest request, string type) => type switch
    {
        "image" => request.Image,
        "video" => request.Video,
        "gif" => request.Gif,
        "video_note" => request.VideoNote,
        "audio" => request.Audio,
        "voice" => request.Voice,
        "document" => request.Document,
        "sticker" => request.Sticker,
        _ => null,
    };

    /// <summary>What is wrong with a request before its file is looked at; null when nothing is.</summary>
    public static ProblemDetails? Check(SendableKind kind, MediaRequest request)
    {
        var sources = (string.IsNullOrEmpty(request.Link) ? 0 : 1) + (string.IsNullOrEmpty(request.Id) ? 0 : 1) + (string.IsNullOrEmpty(request.Data) ? 0 : 1);
        if (sources != 1)
        {
            return Problems.InvalidField(
                kind.Name, $"'{kind.Name}' needs exactly one of 'link', 'id' and 'data'.", sources == 0 ? "media_source_missing" : "media_source_ambiguous");
        }

        if (request.Caption is not null && (!kind.HasCaption || request.Caption.Length > LongestCaption))
            return Invalid(kind, $"Captions have up to {LongestCaption} characters and stand below images, videos, GIFs and documents only.");
        if (request.ViewOnce && !kind.CanBeViewOnce)
            return Invalid(kind, "Only images, videos and sounds can be for one view.");
        if (request.FileName is { } name && (name.Length is 0 or > MediaRequest.LongestName || name.Any(c => char.IsControl(c) || c is '/' or '\\')))
            return Invalid(kind, $"'{kind.Name}.fileName' must be a name of 1 to {MediaRequest.LongestName} characters without slashes.");
        if (request.MimeType is { } type && (type.Length > MediaRequest.LongestName || !MediaTypeHeaderValue.TryParse(type, out _)))
            return Invalid(kind, $"'{kind.Name}.mimeType' must be a type such as application/pdf.");

        return request.Seconds > LongestSeconds ? Invalid(kind, $"'{kind.Name}.seconds' may be {LongestSeconds} at most.") : null;
    }

    /// <param name="file">Where WhatsApp has the file.</param>
    public static MediaContent Compose(SendableKind kind, MediaRequest request, ReadyMedia media, MediaReference file)
    {
        var facts = media.Facts;
        var seconds = facts.Seconds > 0 ? facts.Seconds : request.Seconds ?? 0;
        MediaContent content = kind.Name switch
        {
            "image" => new ImageContent(file, request.Caption) { Width = facts.Width, Height = facts.Height },
            "video" or "gif" or "video_note" => new VideoContent(file, request.Caption, StyleOf(kind)) { Width = facts.Width, Height = facts.Height, Seconds = seconds },
            "audio" or "voice" => new AudioContent(file, kind.Name == "voice") { Seconds = seconds, Waveform = facts.Waveform },
            "sticker" => new StickerContent(file) { Width = facts.Width, Height = facts.Height, IsAnimated = facts.IsAnimated },
            _ => new DocumentContent(file, request.FileName ?? media.Row.FileName, request.Caption),
        };
        return content with { MimeType = facts.MimeType, Thumbnail = facts.Thumbnail, IsViewOnce = request.ViewOnce };
    }

    private static VideoStyle StyleOf(SendableKind kind) => kind.Name switch
    {
        "gif" => VideoStyle.Gif,
        "video_note" => VideoStyle.Note,
        _ => VideoStyle.Video,
    };

    private static ProblemDetails Invalid(SendableKind kind, string sentence) => Problems.InvalidField(kind.Name, sentence, "invalid_media");
}
