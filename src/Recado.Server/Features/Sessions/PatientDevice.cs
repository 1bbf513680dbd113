using Recado.Client.Stores;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// A device's records as a running session reads them: while the database is away the read waits. The client stays connected meanwhile, and
/// acknowledges nothing that it could not read the keys for.
/// </summary>
internal sealed class PatientDevice(IDeviceStore device, Guid sessionId, TimeProvider time, ILogger logger) : IDeviceStore
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250), LastRetry = TimeSpan.FromSeconds(5);

    public ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct) => RetryAsync(() => device.ReadAsync(key, ct), ct);

    public ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct) =>
        RetryAsync(() => device.ListAsync(kind, idPrefix, ct), ct);

    public ValueTask CommitAsync(DeviceChanges changes, CancellationToken ct) => device.CommitAsync(changes, ct);

    private async ValueTask<T> RetryAsync<T>(Func<ValueTask<T>> read, CancellationToken ct)
    {
        for (var delay = FirstRetry; ; delay = delay * 2 < LastRetry ? delay * 2 : LastRetry)
        {
            try
            {
                return await read();
            }
            catch (StorageException e) when (e.IsTransient)
            {
                logger.ReadDelayed(sessionId, e.Message, delay);
                await Task.Delay(delay, time, ct);
            }
        }
    }
}
