using Google.Protobuf;
using Recado.Client.Connection;
using Recado.Client.Media;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;

namespace Recado.Client.AppState;

/// <summary>How this device changes a setting.</summary>
internal sealed partial class AppStateSync
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan KeyPatience = TimeSpan.FromSeconds(20); // a phone that has just linked this device shares them at once
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(500);

    private readonly Lock _keysLock = new();
    private TaskCompletionSource _keysShared = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Changes settings of one collection, on top of whatever other devices have changed meanwhile.</summary>
    /// <exception cref="AppStateUnavailableException">The phone has shared no key, or the collection waits for the phone.</exception>
    /// <exception cref="RequestRefusedException">The service refuses the change, or other devices were faster each time.</exception>
    /// <exception cref="ConnectionException">The connection has ended. The service may have taken the change.</exception>
    public async Task ChangeAsync(ServiceConnection connection, AppStateCollection collection, IReadOnlyList<AppStateMutation> mutations, CancellationToken ct)
    {
        await WaitForKeyAsync(ct).ConfigureAwait(false);
        var turn = _turns[(int)collection];
        await turn.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            await FetchAsync(connection, collection, ct).ConfigureAwait(false);
            for (var attempt = 1; ; attempt++)
            {
                if (await TryChangeAsync(connection, collection, mutations, ct).ConfigureAwait(false))
                    return;
                if (attempt == MaxAttempts)
                    throw new RequestRefusedException(AppStateAnswer.Conflict, "conflict");

                await Task.Delay(Jitter * attempt * Backoff.Fraction(options.Random), options.Time, ct).ConfigureAwait(false);
            }
        }
        catch (MediaException cause)
        {
            throw new AppStateUnavailableException(cause);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <returns>False when another device was faster; what it has changed is known now.</returns>
    private async Task<bool> TryChangeAsync(
        ServiceConnection connection, AppStateCollection collection, IReadOnlyList<AppStateMutation> mutations, CancellationToken ct)
    {
        await RequireReadableAsync(collection, ct).ConfigureAwait(false);
        var ring = await records.ReadKeysAsync(ct).ConfigureAwait(false);
        var key = ring.Newest(await records.ReadExpiredEpochAsync(ct).ConfigureAwait(false)) ?? throw new AppStateUnavailableException();
        var version = await records.ReadVersionAsync(collection, ct).ConfigureAwait(false);
        var names = mutations.Select(mutation => AppStateWriter.IndexMac(ring, key, mutation.Index));
        var macs = await records.ReadMacsAsync(collection, names, ct).ConfigureAwait(false);
        var (patch, update) = AppStateWriter.Build(collection, version, mutations, macs, ring, key, options.Random);

        var iq = await connection
            .RequestAsync(id => AppStateStanzas.Upload(id, collection, version.Version, patch.ToByteArray()), ct)
            .ConfigureAwait(false);
        var answer = AppStateStanzas.ParseAnswer(iq, collection);
        if (answer.ErrorCode is null)
        {
            // The service may give the patch back; by then it is known.
            var step = await CommitAsync(collection, update, isWhole: false, ct).ConfigureAwait(false);
            await step.WaitUntilDurableAsync(ct).ConfigureAwait(false);
            return true;
        }

        if (answer.ErrorCode is not AppStateAnswer.Conflict)
            throw new RequestRefusedException(answer.ErrorCode.Value, answer.ErrorText);

        // The conflict's answer holds what is missing, but fetching verifies, retries and asks the phone all by the same rules.
        await FetchAsync(connection, collection, ct).ConfigureAwait(false);
        return false;
    }

    private async Task RequireReadableAsync(AppStateCollection collection, CancellationToken ct)
    {
        if (await ReadTaskAsync(collection, ct).ConfigureAwait(false) is { Step: not AppStateStep.Fetch })
            throw new AppStateUnavailableException();
    }

    private async Task WaitForKeyAsync(CancellationToken ct)
    {
        Task shared;
        lock (_keysLock)
            shared = _keysShared.Task;
        if ((await records.ReadKeysAsync(ct).ConfigureAwait(false)).Newest() is not null)
            return;

        try
        {
            await shared.WaitAsync(KeyPatience, options.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new AppStateUnavailableException();
        }

        // The transaction that brings the keys is under way; the next one sees them.
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
    }

    private void SignalKeys()
    {
        lock (_keysLock)
        {
            _keysShared.TrySetResult();
            _keysShared = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
