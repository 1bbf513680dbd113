using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Media;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Proto;

namespace Recado.Client.AppState;

/// <summary>
/// Keeps the account's settings in step with the service. What is to be done is stored, so that nothing that was acknowledged is forgotten, and
/// one loop does it, one collection at a time. Where something does not verify it never goes on as if it did: it fetches the whole again, and
/// if that is wrong too, asks the phone for it. Thread-safe.
/// </summary>
internal sealed partial class AppStateSync(
    DeviceState state, AppStateRecords records, AppStateEffects effects, MediaTransfer media, PeerSender peers, ClientOptions options, ILogger logger)
{
    private static readonly AppStateCollection[] All = Enum.GetValues<AppStateCollection>();
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromHours(24);

    private readonly Alarm _alarm = new(options.Time);
    private readonly SemaphoreSlim[] _turns = [.. All.Select(_ => new SemaphoreSlim(1, 1))];
    private long _lastNumber = options.Time.GetUtcNow().UtcTicks; // beyond those of an earlier run

    /// <summary>The service has news of collections. What waits for keys goes on waiting.</summary>
    public async ValueTask WantAsync(DeviceTransaction device, IEnumerable<AppStateCollection> collections, CancellationToken ct)
    {
        foreach (var collection in collections)
        {
            if (await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false) is { Step: AppStateStep.WaitForKeys or AppStateStep.Recover })
                continue;

            NewTask(AppStateStep.Fetch).Write(device, collection);
        }

        _alarm.Ring(); // the worker sees the tasks once the transaction is through
    }

    /// <summary>All collections may be out of date.</summary>
    public ValueTask WantAllAsync(DeviceTransaction device, CancellationToken ct) => WantAsync(device, All, ct);

    /// <summary>The phone has shared keys: what nothing is known of and what has waited for them can be fetched.</summary>
    public async ValueTask TakeKeysAsync(DeviceTransaction device, AppStateSyncKeyShare share, CancellationToken ct)
    {
        var shared = await AppStateRecords.TakeKeysAsync(device, share, ct).ConfigureAwait(false);
        if (shared.Count == 0)
            return;

        foreach (var collection in All)
        {
            var task = await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false);
            if (task is { Step: AppStateStep.WaitForKeys } ? task.MissingKeys.Any(shared.Contains) : task is null && await IsUnknownAsync(collection, ct).ConfigureAwait(false))
                NewTask(AppStateStep.Fetch).Write(device, collection);
        }

        _alarm.Ring();
        SignalKeys();
    }

    /// <summary>The phone has given a collection that does not verify at the service.</summary>
    public void TakeRecovery(DeviceTransaction device, PeerDataOperationRequestResponseMessage.Types.SyncdSnapshotFatalRecoveryResponse response)
    {
        var recovery = AppStateRequests.ParseRecovery(response);
        if (AppStateCollectionNames.TryParse(recovery.CollectionName) is not { } collection)
            return;

        NewTask(AppStateStep.Recover, recovery.ToByteArray()).Write(device, collection);
        _alarm.Ring();
    }

    /// <summary>Works until the connection ends.</summary>
    public async Task RunAsync(ServiceConnection connection, CancellationToken ct)
    {
        await WantUnknownAsync(ct).ConfigureAwait(false);
        while (true)
        {
            var isThrough = await RunWaitingAsync(connection, ct).ConfigureAwait(false);
            await _alarm.WaitAsync(isThrough ? null : options.Time.GetUtcNow() + Pause, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Where keys are known already, as in a device that was linked before it read settings, nothing else may come to set it going.</summary>
    private async Task WantUnknownAsync(CancellationToken ct)
    {
        if ((await records.ReadKeysAsync(ct).ConfigureAwait(false)).Newest() is null)
            return;

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var collection in All)
        {
            if (await IsUnknownAsync(collection, ct).ConfigureAwait(false)
                && await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false) is null)
                NewTask(AppStateStep.Fetch).Write(device, collection);
        }

        if (!device.Changes.IsEmpty)
            device.Publish();
    }

    /// <returns>False when something has to wait for better times.</returns>
    private async Task<bool> RunWaitingAsync(ServiceConnection connection, CancellationToken ct)
    {
        var isThrough = true;
        var tried = new HashSet<ulong>();
        while (await NextAsync(tried, ct).ConfigureAwait(false) is var (collection, task))
            isThrough &= await TryAsync(connection, collection, task, ct).ConfigureAwait(false);

        return isThrough;
    }

    private async Task<(AppStateCollection Collection, AppStateTask Task)?> NextAsync(HashSet<ulong> tried, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var collection in All)
        {
            if (await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false) is { Step: AppStateStep.Fetch or AppStateStep.Recover } task
                && tried.Add(task.Number))
                return (collection, task);
        }

        return null;
    }

    private async Task<bool> TryAsync(ServiceConnection connection, AppStateCollection collection, AppStateTask task, CancellationToken ct)
    {
        var turn = _turns[(int)collection];
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (task.Step == AppStateStep.Recover)
                await RecoverAsync(connection, collection, task, ct).ConfigureAwait(false);
            else
                await FetchAsync(connection, collection, ct).ConfigureAwait(false);
            return true;
        }
        catch (Exception cause) when (cause is ConnectionException or RequestTimeoutException or RequestRefusedException or MediaException or IOException)
        {
            ClientLog.AppStateDelayed(logger, collection.ToName(), cause.Message);
            return false;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Fetches what is new; if that is broken, the whole; and if that is too, asks the phone. The caller has the collection's turn.</summary>
    private async Task FetchAsync(ServiceConnection connection, AppStateCollection collection, CancellationToken ct)
    {
        var task = await ReadTaskAsync(collection, ct).ConfigureAwait(false);
        try
        {
            var isKnown = (await records.ReadVersionAsync(collection, ct).ConfigureAwait(false)).Version > 0;
            var cause = isKnown ? await TryCatchUpAsync(connection, collection, isWhole: false, ct).ConfigureAwait(false) : null;
            if (!isKnown || cause is not null)
                cause = await TryCatchUpAsync(connection, collection, isWhole: true, ct).ConfigureAwait(false);
            if (cause is not null and not RequestRefusedException)
                await AskForRecoveryAsync(connection, collection, ct).ConfigureAwait(false);
        }
        catch (MissingKeysException missing)
        {
            await ParkAsync(connection, collection, missing.Ids, ct).ConfigureAwait(false);
        }

        if (task is not null)
            await FinishAsync(collection, task, ct).ConfigureAwait(false);
    }

    /// <returns>What is wrong with what the service gives; null when nothing is.</returns>
    private async Task<Exception?> TryCatchUpAsync(ServiceConnection connection, AppStateCollection collection, bool isWhole, CancellationToken ct)
    {
        try
        {
            await CatchUpAsync(connection, collection, isWhole, ct).ConfigureAwait(false);
            return null;
        }
        catch (Exception cause) when (cause is ProtocolException or MediaException { IsTransient: false } or RequestRefusedException { IsTransient: false })
        {
            ClientLog.AppStateBroken(logger, collection.ToName(), cause.Message);
            return cause;
        }
    }

    /// <summary>Does away with a task, unless another has taken its place: news, or something to wait for.</summary>
    private async Task FinishAsync(AppStateCollection collection, AppStateTask task, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        if ((await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false))?.Number != task.Number)
            return;

        device.Delete(Keys.AppStateTask(collection));
        device.Publish();
    }

    private async Task<AppStateTask?> ReadTaskAsync(AppStateCollection collection, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        return await AppStateTask.ReadAsync(device, collection, ct).ConfigureAwait(false);
    }

    private async ValueTask<bool> IsUnknownAsync(AppStateCollection collection, CancellationToken ct) =>
        !await records.HasVersionAsync(collection, ct).ConfigureAwait(false);

    private AppStateTask NewTask(AppStateStep step, byte[]? detail = null) => new(step, (ulong)Interlocked.Increment(ref _lastNumber), detail ?? []);
}
