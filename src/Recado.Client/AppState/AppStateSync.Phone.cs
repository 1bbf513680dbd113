using Google.Protobuf;
using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;

namespace Recado.Client.AppState;

/// <summary>What the phone is asked for, each thing at most once a day.</summary>
internal sealed partial class AppStateSync
{
    private const int MaxKeysPerRequest = 100;

    /// <summary>Lets a collection wait for keys, and asks the phone for those that it was not asked for lately.</summary>
    private async Task ParkAsync(ServiceConnection connection, AppStateCollection collection, IReadOnlyCollection<string> missing, CancellationToken ct)
    {
        var unasked = new List<string>();
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            foreach (var id in missing.Take(MaxKeysPerRequest))
            {
                if (await device.ReadAsync(Keys.AppStateKeyAsked(id), ct).ConfigureAwait(false) is null)
                    unasked.Add(id);
            }

            AppStateTask.Waiting(NewTask(AppStateStep.WaitForKeys).Number, missing.Take(MaxKeysPerRequest)).Write(device, collection);
            device.Publish();
        }

        ClientLog.AppStateParked(logger, collection.ToName(), missing.Count);
        if (unasked.Count == 0)
            return;

        await peers
            .SendAsync(connection, peers.NewId(), AppStateRequests.Keys(unasked.Select(Convert.FromHexString)), Remember, ct)
            .ConfigureAwait(false);

        void Remember(DeviceTransaction device)
        {
            foreach (var id in unasked)
                device.Put(Keys.AppStateKeyAsked(id), [1], expiresAt: options.Time.GetUtcNow() + AskAgainAfter);
        }
    }

    /// <summary>Asks the phone for a collection whose copy at the service is broken.</summary>
    private async Task AskForRecoveryAsync(ServiceConnection connection, AppStateCollection collection, CancellationToken ct)
    {
        bool wasAsked;
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            wasAsked = await device.ReadAsync(Keys.AppStateRecoveryAsked(collection), ct).ConfigureAwait(false) is not null;
            NewTask(AppStateStep.WaitForPhone).Write(device, collection);
            device.Publish();
        }

        if (wasAsked)
            return;

        var now = options.Time.GetUtcNow();
        await peers
            .SendAsync(
                connection,
                peers.NewId(),
                AppStateRequests.Recovery(collection, now),
                device => device.Put(Keys.AppStateRecoveryAsked(collection), [1], expiresAt: now + AskAgainAfter),
                ct)
            .ConfigureAwait(false);
        ClientLog.AppStateRecoveryAsked(logger, collection.ToName());
    }

    /// <summary>Puts what the phone has given in the place of what is known, unless that is newer. The caller has the collection's turn.</summary>
    private async Task RecoverAsync(ServiceConnection connection, AppStateCollection collection, AppStateTask task, CancellationToken ct)
    {
        try
        {
            var recovery = AppStateRequests.ParseRecovery(
                new() { CollectionSnapshot = ByteString.CopyFrom(task.Detail) });
            var ring = await records.ReadKeysAsync(ct).ConfigureAwait(false);
            MissingKeysException.ThrowIfAny(AppStateRequests.MissingKeys(recovery, ring));
            var update = AppStateRequests.Apply(recovery, ring);
            if (update.State.Version > (await records.ReadVersionAsync(collection, ct).ConfigureAwait(false)).Version)
                await CommitAsync(collection, update, isWhole: true, ct).ConfigureAwait(false);
        }
        catch (MissingKeysException missing)
        {
            await ParkAsync(connection, collection, missing.Ids, ct).ConfigureAwait(false);
        }
        catch (ProtocolException cause)
        {
            ClientLog.AppStateBroken(logger, collection.ToName(), cause.Message);
        }

        await FinishAsync(collection, task, ct).ConfigureAwait(false);
    }
}
