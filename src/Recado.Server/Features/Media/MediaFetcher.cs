using System.Text.Json;
using System.Threading.Channels;
using Recado.Client;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>
/// Fetches the files of a session's messages into our own store, as long as its client is at work: WhatsApp keeps them for some weeks
/// only. What waits is in the database, so that nothing is forgotten by a restart.
/// </summary>
internal sealed class MediaFetcher(IMediaStore store, MediaFiles files, ISessionJournal journal, SessionLease lease, ILogger logger)
{
    private const int BatchSize = 50;

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }); // one that waits is enough

    /// <summary>There may be something to fetch: a message has been stored, or the session is connected.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    /// <summary>Fetches until cancelled. What could not be had for now is tried again at the next occasion.</summary>
    public async Task RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        try
        {
            await foreach (var _ in _wakeUps.Reader.ReadAllAsync(ct))
            {
                try
                {
                    await FetchWaitingAsync(client, ct);
                }
                catch (Exception e) when (e is ConnectionException or RequestTimeoutException or RequestRefusedException or IOException
                    or StorageException { IsTransient: true })
                {
                    logger.FetchingPaused(lease.SessionId, e.Message);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The session has come to rest.
        }
    }

    private async Task FetchWaitingAsync(WhatsAppClient client, CancellationToken ct)
    {
        var tried = new HashSet<Guid>();
        while (client.State == SessionState.Connected)
        {
            var waiting = await store.ListPendingAsync(lease.SessionId, BatchSize, ct);
            var fresh = waiting.Where(media => tried.Add(media.Row.Id)).ToList();
            if (fresh.Count == 0)
                return;

            foreach (var media in fresh)
                await FetchAsync(client, media, ct);
        }
    }

    private async Task FetchAsync(WhatsAppClient client, PendingMedia media, CancellationToken ct)
    {
        var incoming = IncomingMedia.Read(media.Reference);
        var file = files.Create();
        try
        {
            await client.DownloadAsync(incoming.Target, incoming.Kind, incoming.File, file, MediaEndpoints.LargestFile, ct);
            var stored = await files.KeepAsync(file, ct);
            await SettleAsync(media, media.Row with
            {
                Status = MediaStatuses.Stored,
                MimeType = stored.MimeType == MediaType.Unknown ? MediaType.Harmless(media.Row.MimeType) : stored.MimeType,
                Size = stored.Size,
                Sha256 = stored.Sha256,
            }, ct);
        }
        catch (MediaException e) when (e.IsTransient)
        {
            logger.FetchingPaused(lease.SessionId, e.Message);
        }
        catch (Exception e) when (e is MediaException or ProtocolException)
        {
            logger.FetchFailed(lease.SessionId, media.Row.Id, e.Message);
            await SettleAsync(media, media.Row with { Status = MediaStatuses.Failed, Failure = e.Message }, ct);
        }
        finally
        {
            await MediaFiles.DiscardAsync(file);
        }
    }

    private async Task SettleAsync(PendingMedia media, MediaRow row, CancellationToken ct)
    {
        var payload = new { sessionId = lease.SessionId, messageId = media.WhatsAppId, media = row.ToContent() };
        await journal.CommitAsync(
            lease, DeviceChanges.Empty,
            [new JournalEntry.Media(
                row, media.Direction, media.WhatsAppId, JsonSerializer.Serialize(row.ToContent(), RecadoJson.Options),
                new JournalEntry.Event(EventTypes.MediaStatus, JsonSerializer.Serialize(payload, RecadoJson.Options)))],
            ct);
    }
}
