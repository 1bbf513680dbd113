using Recado.Client;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>
/// The uploads of one session. A file that goes to many people is uploaded once: what WhatsApp has is referred to again for as long as the
/// leave lasts that it was uploaded with. Used on the scheduler of the session's grain only.
/// </summary>
internal sealed class MediaUploads(MediaFiles files, TimeProvider time)
{
    private const int MostRemembered = 500;
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(6);

    private readonly Dictionary<(string Sha256, MediaKind Kind), (Task<MediaReference?> Upload, DateTimeOffset At)> _uploads = [];
    private readonly Dictionary<string, MediaRow> _rows = [];

    /// <summary>Uploads a file, unless that was done already or is being done.</summary>
    /// <returns>Null when the file is not in the store.</returns>
    public async Task<MediaReference?> GetAsync(WhatsAppClient client, MediaRow row, MediaKind kind, CancellationToken ct)
    {
        var key = (row.Sha256, kind);
        while (true)
        {
            var isMine = !_uploads.TryGetValue(key, out var known) || known.At + Lifetime <= time.GetUtcNow();
            if (isMine)
                known = Begin(key, UploadAsync(client, row.Sha256, kind, ct));

            try
            {
                if (await known.Upload.WaitAsync(ct) is { } reference)
                {
                    _rows[Convert.ToHexString(reference.EncryptedSha256)] = row;
                    return reference;
                }

                Forget(key, known.Upload);
                return null;
            }
            catch (Exception e)
            {
                if (known.Upload.IsCompleted)
                    Forget(key, known.Upload);
                if (isMine || e is not OperationCanceledException || ct.IsCancellationRequested)
                    throw;
            }
        }
    }

    /// <summary>The row of the file that a message refers to; null for one that was not uploaded here.</summary>
    public MediaRow? RowOf(MessageContent content) =>
        content is MediaContent media ? _rows.GetValueOrDefault(Convert.ToHexString(media.File.EncryptedSha256)) : null;

    private (Task<MediaReference?> Upload, DateTimeOffset At) Begin((string, MediaKind) key, Task<MediaReference?> upload)
    {
        if (_uploads.Count >= MostRemembered)
        {
            _uploads.Clear(); // only costs uploading again
            _rows.Clear();
        }

        return _uploads[key] = (upload, time.GetUtcNow());
    }

    private void Forget((string, MediaKind) key, Task<MediaReference?> upload)
    {
        if (_uploads.TryGetValue(key, out var known) && known.Upload == upload)
            _uploads.Remove(key);
    }

    private async Task<MediaReference?> UploadAsync(WhatsAppClient client, string sha256, MediaKind kind, CancellationToken ct)
    {
        await using var file = await files.OpenAsync(sha256, ct);
        return file is null ? null : await client.UploadAsync(file, kind, ct);
    }
}
