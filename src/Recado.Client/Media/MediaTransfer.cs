using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recado.Protocol;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;

namespace Recado.Client.Media;

/// <summary>
/// Carries files to the media hosts and back, in pieces, whatever their size. Each host is tried in the order of preference; a host that
/// has no answer is tried once more before the next one. Thread-safe.
/// </summary>
internal sealed partial class MediaTransfer(MediaHosts hosts, MediaRetries retries, HttpClient http, ClientOptions options)
{
    private const int AttemptsPerHost = 2;
    private const int LongestAnswer = 64 * 1024;
    private const int PieceLength = 64 * 1024;
    private const string Origin = "https://web.whatsapp.com";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Encrypts a file and uploads it under a fresh key.</summary>
    public async Task<MediaReference> UploadAsync(Stream file, MediaKind kind, CancellationToken ct)
    {
        // The name of an upload is its hash, so the encrypted form must be there in full before the first byte leaves.
        var encrypted = NewTemporaryFile();
        await using (encrypted.ConfigureAwait(false))
        {
            var key = MediaCipher.CreateKey(options.Random);
            var reference = await MediaCipher.EncryptAsync(file, encrypted, kind, key, ct).ConfigureAwait(false);
            var answer = await PostAsync(encrypted, kind, reference.EncryptedSha256, ct).ConfigureAwait(false);
            return reference with { DirectPath = answer.DirectPath, Url = answer.Url, KeyCreatedAt = options.Time.GetUtcNow() };
        }
    }

    /// <summary>Downloads a file, by way of the phone if the media hosts do not have it any more.</summary>
    public Task<MediaReference> DownloadAsync(MessageTarget? message, MediaKind kind, MediaReference file, Stream destination, long maxLength, CancellationToken ct) =>
        DownloadAsync(message is null ? null : () => retries.RequestAsync(message, file.Key, ct), kind, file, destination, maxLength, ct);

    /// <summary>Downloads a part of the history, by way of the phone if the media hosts do not have it any more.</summary>
    public Task<MediaReference> DownloadHistoryAsync(string notificationId, MediaReference file, Stream destination, long maxLength, CancellationToken ct) =>
        DownloadAsync(() => retries.RequestHistoryAsync(notificationId, file.Key, ct), MediaKind.HistorySync, file, destination, maxLength, ct);

    /// <summary>Deletes a part of the history that is stored here. Of no consequence when it fails: the hosts forget it by themselves.</summary>
    public async Task DeleteHistoryAsync(MediaReference file, string? handle, string? nonce, CancellationToken ct)
    {
        try
        {
            var connection = await hosts.GetAsync(refused: null, ct).ConfigureAwait(false);
            var path = MediaPaths.Delete(MediaKind.HistorySync, file.DirectPath!, file.EncryptedSha256, connection.Auth, handle);
            using var request = Request(HttpMethod.Delete, $"https://{connection.Hosts[0]}{path}");
            if (handle is not null && nonce is not null)
                request.Headers.TryAddWithoutValidation("Companion_User_Secret", nonce);
            using var guard = new StallGuard(options.MediaStallTimeout, options.Time, ct);
            using var response = await http.SendAsync(request, guard.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException or RecadoException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // They keep it for some weeks, then.
        }
    }

    /// <summary>A file that nobody else can open and that is gone once it is closed.</summary>
    public FileStream NewTemporaryFile() => new(
        Path.Combine(options.TemporaryFolder, Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

    private async Task<MediaReference> DownloadAsync(
        Func<Task<string>>? restoreAsync, MediaKind kind, MediaReference file, Stream destination, long maxLength, CancellationToken ct)
    {
        if (file.Length > maxLength)
            throw TooLarge(maxLength);

        try
        {
            await GetAsync(kind, file, destination, maxLength, ct).ConfigureAwait(false);
            return file;
        }
        catch (MediaException e) when (e.Error == MediaError.Gone && restoreAsync is not null && file.Key.Length > 0)
        {
            var path = await restoreAsync().ConfigureAwait(false);
            file = file with { DirectPath = path, Url = null };
            await GetAsync(kind, file, destination, maxLength, ct).ConfigureAwait(false);
            return file;
        }
    }

    private async Task<UploadAnswer> PostAsync(FileStream encrypted, MediaKind kind, byte[] hash, CancellationToken ct)
    {
        MediaConnection? refused = null;
        MediaException? last = null;
        for (var round = 0; round < 2; round++)
        {
            var connection = await hosts.GetAsync(refused, ct).ConfigureAwait(false);
            foreach (var host in connection.Hosts)
            {
                for (var attempt = 0; attempt < AttemptsPerHost; attempt++)
                {
                    if (attempt > 0)
                        await Task.Delay(Pause, options.Time, ct).ConfigureAwait(false);

                    encrypted.Position = 0;
                    using var request = Request(HttpMethod.Post, $"https://{host}{MediaPaths.Upload(kind, hash, connection.Auth)}");
                    using var guard = new StallGuard(options.MediaStallTimeout, options.Time, ct);
                    request.Content = new StreamContent(guard.Watch(encrypted), PieceLength)
                    {
                        Headers = { ContentType = new("application/octet-stream"), ContentLength = encrypted.Length },
                    };
                    var (answer, failure, isFinal) = await TryPostAsync(request, guard, ct).ConfigureAwait(false);
                    if (answer is not null)
                        return answer;

                    last = failure;
                    if (isFinal)
                        break;
                }
            }

            refused = connection; // whatever it was: a fresh leave and fresh hosts are the remedy
        }

        throw last!;
    }

    private async Task<(UploadAnswer? Answer, MediaException? Failure, bool IsFinal)> TryPostAsync(
        HttpRequestMessage request, StallGuard guard, CancellationToken ct)
    {
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, guard.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return (null, Refusal("upload", response.StatusCode), !IsRetryable(response.StatusCode));

            await response.Content.LoadIntoBufferAsync(LongestAnswer, guard.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(guard.Token).ConfigureAwait(false);
            return JsonSerializer.Deserialize(body, MediaJson.Default.UploadAnswer) is { } answer && (answer.DirectPath ?? answer.Url) is not null
                ? (answer, null, true)
                : (null, new MediaException(MediaError.Refused, "The media host has taken the file but does not say where it lies."), true);
        }
        catch (JsonException e)
        {
            return (null, new MediaException(MediaError.Refused, "The media host's answer to an upload is not JSON.", e), true);
        }
        catch (Exception e) when (IsBroken(e, guard, ct))
        {
            return (null, new MediaException(MediaError.Unreachable, $"A media host cannot be reached: {e.Message}", e), false);
        }
    }

    private async Task GetAsync(MediaKind kind, MediaReference file, Stream destination, long maxLength, CancellationToken ct)
    {
        var start = destination.Position;
        MediaException? last = null;
        foreach (var address in await AddressesAsync(kind, file, ct).ConfigureAwait(false))
        {
            for (var attempt = 0; attempt < AttemptsPerHost; attempt++)
            {
                if (attempt > 0)
                    await Task.Delay(Pause, options.Time, ct).ConfigureAwait(false);

                destination.SetLength(start);
                destination.Position = start;
                last = await TryGetAsync(address, kind, file, destination, maxLength, ct).ConfigureAwait(false);
                if (last is null)
                    return;
                if (last.Error is not (MediaError.Unreachable or MediaError.Refused))
                    throw last;
                if (last.Error == MediaError.Refused)
                    break;
            }
        }

        throw last!;
    }

    private async Task<MediaException?> TryGetAsync(
        string address, MediaKind kind, MediaReference file, Stream destination, long maxLength, CancellationToken ct)
    {
        using var guard = new StallGuard(options.MediaStallTimeout, options.Time, ct);
        try
        {
            using var request = Request(HttpMethod.Get, address);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, guard.Token).ConfigureAwait(false);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone or HttpStatusCode.Forbidden)
                return new MediaException(MediaError.Gone, $"The media hosts do not have the file any more (status {(int)response.StatusCode}).");
            if (!response.IsSuccessStatusCode)
                return IsRetryable(response.StatusCode) ? Unanswered(response.StatusCode) : Refusal("download", response.StatusCode);
            if (response.Content.Headers.ContentLength > maxLength + MediaCipher.LargestOverhead)
                return TooLarge(maxLength);

            var body = await response.Content.ReadAsStreamAsync(guard.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
                await MediaCipher.DecryptAsync(guard.Watch(body), destination, kind, file, maxLength, ct).ConfigureAwait(false);
            return null;
        }
        catch (ProtocolException e) when (e.Error == ProtocolError.Tampered)
        {
            return new MediaException(MediaError.Damaged, "What the media host serves is not the file that the message describes.", e);
        }
        catch (ProtocolException e)
        {
            return new MediaException(MediaError.TooLarge, e.Message, e);
        }
        catch (Exception e) when (IsBroken(e, guard, ct))
        {
            return new MediaException(MediaError.Unreachable, $"The download from a media host broke off: {e.Message}", e);
        }
    }

    /// <summary>The places a file may be at. A full address comes from whoever sent the message, so it counts only on a host of WhatsApp's.</summary>
    private async Task<IReadOnlyList<string>> AddressesAsync(MediaKind kind, MediaReference file, CancellationToken ct)
    {
        var connection = await hosts.GetAsync(refused: null, ct).ConfigureAwait(false);
        var path = file.DirectPath;
        if (path is null && Uri.TryCreate(file.Url, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps
            && (url.Host.EndsWith(".whatsapp.net", StringComparison.OrdinalIgnoreCase) || connection.Hosts.Contains(url.Authority)))
        {
            path = url.PathAndQuery;
        }

        if (path is null)
            throw new MediaException(MediaError.Incomplete, "The message does not say where its file lies.");

        try
        {
            var download = MediaPaths.Download(kind, path, file.EncryptedSha256);
            return [.. connection.Hosts.Select(host => $"https://{host}{download}")];
        }
        catch (ProtocolException e)
        {
            throw new MediaException(MediaError.Incomplete, e.Message, e);
        }
    }

    private static HttpRequestMessage Request(HttpMethod method, string address) =>
        new(method, address) { Headers = { { "Origin", Origin }, { "Referer", Origin + "/" } } };

    /// <summary>Whether the network is to blame. A destination that cannot be written to is the caller's.</summary>
    private static bool IsBroken(Exception cause, StallGuard guard, CancellationToken ct) =>
        cause is HttpRequestException or HttpIOException || (cause is OperationCanceledException && guard.IsStalled && !ct.IsCancellationRequested);

    private static bool IsRetryable(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private static MediaException Refusal(string what, HttpStatusCode status) =>
        new(MediaError.Refused, $"The media host refused the {what} with status {(int)status}.");

    private static MediaException Unanswered(HttpStatusCode status) =>
        new(MediaError.Unreachable, $"The media host cannot serve the file at the moment (status {(int)status}).");

    private static MediaException TooLarge(long limit) =>
        new(MediaError.TooLarge, $"The file is larger than the {limit} bytes that are accepted.");

    /// <summary>What a media host says about an upload.</summary>
    internal sealed record UploadAnswer(
        [property: JsonPropertyName("url")] string? Url = null, [property: JsonPropertyName("direct_path")] string? DirectPath = null);

    [JsonSerializable(typeof(UploadAnswer))]
    private sealed partial class MediaJson : JsonSerializerContext;
}
