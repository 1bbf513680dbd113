using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Media;

/// <summary>A file cannot be sent as what it was given as. Becomes the answer.</summary>
internal sealed class MediaRefusedException(int status, string code, string sentence) : Exception(sentence)
{
    public ProblemDetails Problem => Problems.Details(status, code, Message);

    public static MediaRefusedException Mismatch(SendableKind kind, string type) => new(
        StatusCodes.Status422UnprocessableEntity, "media_kind_mismatch",
        $"The file is {type} by its content. A message of type '{kind.Name}' takes {string.Join(", ", kind.Types.Concat(kind.Convertible))}; send anything else as 'document'.");

    public static MediaRefusedException TooLarge(SendableKind kind) => new(
        StatusCodes.Status413PayloadTooLarge, "media_too_large", $"A file of type '{kind.Name}' may have {kind.Limit} bytes at most. Nothing was sent.");

    public static MediaRefusedException Damaged(string what) => new(
        StatusCodes.Status422UnprocessableEntity, "media_damaged", $"{what} Nothing was sent.");

    public static MediaRefusedException FfmpegMissing(string what) => new(
        StatusCodes.Status422UnprocessableEntity, "ffmpeg_missing",
        $"{what} needs the program ffmpeg, which the server does not have. Install it (Debian: apt-get install ffmpeg) or set FFMPEG_PATH.");
}
