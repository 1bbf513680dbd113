using System.Buffers.Binary;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Proto;

namespace Recado.Client.History;

/// <summary>
/// Reads the parts of the history that the phone has announced, one after the other, beside what arrives live. An announcement is a stored
/// job with a mark of how far it has been read, so that a crash repeats at most one batch of messages.
/// </summary>
internal sealed class HistoryJobs(
    DeviceState state,
    HistoryIngest ingest,
    HistoryRequests requests,
    MediaTransfer media,
    ClientOptions options,
    ILogger logger)
{
    private const long MaxCompressed = 512L * 1024 * 1024;

    private static readonly TimeSpan JobLifetime = TimeSpan.FromDays(14); // as long as the media hosts keep anything
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private readonly Alarm _alarm = new(options.Time);

    /// <summary>Stores an announcement with the transaction.</summary>
    public void Add(DeviceTransaction device, string id, HistorySyncNotification notification)
    {
        var now = options.Time.GetUtcNow();
        device.Put(Keys.HistoryJob(id), new HistoryJob(id, now, notification.ToByteArray()).Serialize(), expiresAt: now + JobLifetime);
        _alarm.Ring(); // the worker sees the job once the transaction is through
    }

    /// <summary>Works until the connection ends.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var isThrough = await RunWaitingAsync(ct).ConfigureAwait(false);
            await _alarm.WaitAsync(isThrough ? null : options.Time.GetUtcNow() + Pause, ct).ConfigureAwait(false);
        }
    }

    /// <returns>False when a job has to wait for better times.</returns>
    private async Task<bool> RunWaitingAsync(CancellationToken ct)
    {
        var isThrough = true;
        var tried = new HashSet<string>();
        while ((await WaitingAsync(ct).ConfigureAwait(false)).Find(job => tried.Add(job.Id)) is { } next)
            isThrough &= await TryAsync(next, ct).ConfigureAwait(false);

        return isThrough;
    }

    private async Task<List<HistoryJob>> WaitingAsync(CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var records = await device.ListAsync(DeviceRecordKind.HistoryJob, Keys.HistoryJobPrefix, ct).ConfigureAwait(false);
        return [.. records.Select(HistoryJob.Parse).OrderBy(job => job.AnnouncedAt)];
    }

    private async Task<bool> TryAsync(HistoryJob job, CancellationToken ct)
    {
        HistoryNotification? notification = null;
        try
        {
            notification = job.Read();
            await RunAsync(job, notification, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception cause) when (cause is ConnectionException or RequestTimeoutException or RequestRefusedException or MediaException { IsTransient: true } or IOException)
        {
            ClientLog.HistoryDelayed(logger, job.Id, cause.Message);
            return false;
        }
        catch (Exception cause) when (cause is ProtocolException or MediaException or InvalidProtocolBufferException)
        {
            ClientLog.HistoryFailed(logger, job.Id, cause.Message);
            await FinishAsync(job, notification, new(0, null, null), cause.Message, ct).ConfigureAwait(false);
            return true;
        }
    }

    private async Task RunAsync(HistoryJob job, HistoryNotification notification, CancellationToken ct)
    {
        var (compressed, file) = await OpenAsync(job, notification, ct).ConfigureAwait(false);
        await using (compressed.ConfigureAwait(false))
        {
            var read = await ingest.RunAsync(job.Id, notification.Kind, compressed, await MarkAsync(job, ct).ConfigureAwait(false), ct)
                .ConfigureAwait(false);
            await FinishAsync(job, notification, read, failure: null, ct).ConfigureAwait(false);
        }

        if (file is not null)
            await media.DeleteHistoryAsync(file, notification.DeletionHandle, await NonceAsync(ct).ConfigureAwait(false), ct).ConfigureAwait(false);
    }

    /// <summary>The part, and where it lies if it did not come along.</summary>
    private async Task<(Stream Compressed, Protocol.Messages.MediaReference? File)> OpenAsync(
        HistoryJob job, HistoryNotification notification, CancellationToken ct)
    {
        if (notification is not { InlinePayload: null, File: { } place })
            return (new MemoryStream(notification.InlinePayload ?? [], writable: false), null);

        var file = media.NewTemporaryFile();
        try
        {
            place = await media.DownloadHistoryAsync(job.Id, place, file, MaxCompressed, ct).ConfigureAwait(false);
            file.Position = 0;
            return (file, place);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task FinishAsync(
        HistoryJob job, HistoryNotification? notification, HistoryIngest.Outcome read, string? failure, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        device.Delete(Keys.HistoryJob(job.Id));
        device.Delete(Keys.HistoryMark(job.Id));
        var kind = notification?.Kind ?? HistoryKind.Other;
        var percent = notification?.Progress ?? 0;
        var isDone = kind is HistoryKind.OnDemand || (kind is HistoryKind.Recent or HistoryKind.Full && percent == 100);
        var chat = kind is HistoryKind.OnDemand ? requests.Complete(notification!.RequestId, read.Chat) : null;
        device.Events.Add(new HistoryProgress(kind, notification?.ChunkOrder ?? 0, percent, read.Messages, isDone)
        {
            RequestId = notification?.RequestId,
            Chat = chat,
            HasMore = kind is HistoryKind.OnDemand ? read.HasMore : null,
            Failure = failure,
        });
        await device.Publish().WaitUntilDurableAsync(ct).ConfigureAwait(false);
    }

    /// <summary>How many messages of the part have been read before a crash.</summary>
    private async Task<int> MarkAsync(HistoryJob job, CancellationToken ct) =>
        (await state.ReadAsync(Keys.HistoryMark(job.Id), ct).ConfigureAwait(false)).Data is { Length: sizeof(int) } mark
            ? BinaryPrimitives.ReadInt32BigEndian(mark)
            : 0;

    private async Task<string?> NonceAsync(CancellationToken ct) =>
        (await state.ReadAsync(HistoryIngest.NonceKey, ct).ConfigureAwait(false)).Data is { } nonce ? System.Text.Encoding.UTF8.GetString(nonce) : null;
}
