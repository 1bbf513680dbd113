using System.Text.RegularExpressions;
using Recado.Protocol.Messages;
using Recado.Server.Features.Media;

namespace Recado.Server.Features.Outbound;

/// <summary>Makes the card that is shown for the link in a text. A page that gives nothing leaves the text without one. Thread-safe.</summary>
internal sealed partial class LinkPreviews(OutboundHttp outbound, MediaFiles files, Pictures pictures)
{
    private const int LongestPage = 512 * 1024, LargestPicture = 5 * 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <returns>Null when the text has no link, or its page nothing to show.</returns>
    public async Task<LinkPreview?> OfAsync(string text, CancellationToken ct)
    {
        if (Link().Match(text) is not { Success: true } match)
            return null;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await outbound.GetAsync(match.Value, "text/html,application/xhtml+xml", patience.Token);
            if (answer.Content.Headers.ContentType is not { MediaType: "text/html" or "application/xhtml+xml" } type)
                return null;

            var page = PageHead.Read(await answer.ReadHeadAsync(LongestPage, patience.Token), type.CharSet?.Trim('"'));
            return page.Title is null && page.Description is null
                ? null
                : new LinkPreview(match.Value, page.Title, page.Description, await PictureAsync(answer, page, patience.Token));
        }
        catch (Exception e) when (e is LinkException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return null;
        }
    }

    private async Task<byte[]?> PictureAsync(HttpResponseMessage page, PageHead head, CancellationToken ct)
    {
        if (head.Image is null || !Uri.TryCreate(page.RequestMessage?.RequestUri, head.Image, out var address))
            return null;

        var file = files.Create();
        try
        {
            using var answer = await outbound.GetAsync(address.AbsoluteUri, "image/*", ct);
            await answer.CopyToAsync(file, LargestPicture, ct);
            await file.FlushAsync(ct);
            return await MediaFiles.TypeOfAsync(file, ct) is "image/jpeg" or "image/png" or "image/webp" or "image/gif" ? await pictures.ThumbnailAsync(file.Name, ct) : null;
        }
        catch (Exception e) when (e is LinkException or OperationCanceledException)
        {
            return null; // the words alone are worth showing
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    [GeneratedRegex("""https?://[^\s<>"]+[^\s<>".,;:!?)\]]""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
