using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Client.AppState;

/// <summary>How a collection is brought up to date.</summary>
internal sealed partial class AppStateSync
{
    private const int MaxRounds = 1_000;
    private const long LargestFile = 64L * 1024 * 1024;

    /// <summary>Fetches and applies until there is no more.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="collection">The collection; the caller has its turn.</param>
    /// <param name="isWhole">Whether to begin with nothing.</param>
    /// <param name="ct">Gives up; what was published stays.</param>
    /// <exception cref="MissingKeysException">The phone has not shared keys that are needed.</exception>
    /// <exception cref="ProtocolException">What the service gives does not verify.</exception>
    /// <exception cref="RequestRefusedException">The service refuses to give it.</exception>
    private async Task CatchUpAsync(ServiceConnection connection, AppStateCollection collection, bool isWhole, CancellationToken ct)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            ulong? known = isWhole ? null : (await records.ReadVersionAsync(collection, ct).ConfigureAwait(false)).Version;
            var iq = await connection.RequestAsync(id => AppStateStanzas.Fetch(id, collection, known), ct).ConfigureAwait(false);
            var answer = AppStateStanzas.ParseAnswer(iq, collection);
            if (answer.ErrorCode is { } code)
                throw new RequestRefusedException(code, answer.ErrorText);

            if (isWhole)
                await TakeWholeAsync(collection, answer.Snapshot, ct).ConfigureAwait(false);
            else if (answer.Snapshot is not null)
                throw ProtocolException.MalformedStanza("WhatsApp gives a snapshot of settings that was not asked for.");

            isWhole = false;
            await TakePatchesAsync(collection, answer.Patches, ct).ConfigureAwait(false);
            if (!answer.HasMore)
                return;
        }

        throw ProtocolException.MalformedStanza("WhatsApp's patches to the settings do not end.");
    }

    private async Task TakeWholeAsync(AppStateCollection collection, MediaReference? file, CancellationToken ct)
    {
        var update = new AppStateUpdate(AppStateVersion.None, new Dictionary<string, byte[]?>(), []);
        if (file is not null)
        {
            var snapshot = AppStateReader.ParseSnapshot(await DownloadAsync(file, ct).ConfigureAwait(false));
            var ring = await records.ReadKeysAsync(ct).ConfigureAwait(false);
            MissingKeysException.ThrowIfAny(AppStateReader.MissingKeys(snapshot, ring));
            update = AppStateReader.Apply(collection, snapshot, ring);
        }

        await CommitAsync(collection, update, isWhole: true, ct).ConfigureAwait(false);
    }

    private async Task TakePatchesAsync(AppStateCollection collection, IReadOnlyList<SyncdPatch> patches, CancellationToken ct)
    {
        foreach (var given in patches)
        {
            var version = await records.ReadVersionAsync(collection, ct).ConfigureAwait(false);
            if (given.Version is { } number && number.Version <= version.Version)
                continue; // known already, as what this device has written itself

            var patch = given.ExternalMutations is { } external
                ? AppStateReader.WithMutations(given, await DownloadAsync(AppStateStanzas.ReferenceOf(external), ct).ConfigureAwait(false))
                : given;
            var ring = await records.ReadKeysAsync(ct).ConfigureAwait(false);
            MissingKeysException.ThrowIfAny(AppStateReader.MissingKeys(patch, ring));
            var macs = await records.ReadMacsAsync(collection, AppStateReader.IndexMacs(patch), ct).ConfigureAwait(false);
            await CommitAsync(collection, AppStateReader.Apply(collection, version, patch, macs, ring), isWhole: false, ct).ConfigureAwait(false);
        }
    }

    /// <summary>Version, hash, MACs and effects are one step.</summary>
    private async Task<Publication> CommitAsync(AppStateCollection collection, AppStateUpdate update, bool isWhole, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        await AppStateRecords.WriteAsync(device, collection, update, isWhole, ct).ConfigureAwait(false);
        await effects.ApplyAsync(device, collection, update.Mutations, isWhole, ct).ConfigureAwait(false);
        return device.Publish();
    }

    private async Task<byte[]> DownloadAsync(MediaReference file, CancellationToken ct)
    {
        using var bytes = new MemoryStream();
        await media.DownloadAsync(message: null, MediaKind.AppState, file, bytes, LargestFile, ct).ConfigureAwait(false);
        return bytes.ToArray();
    }

    /// <summary>Keys that the phone has not shared with this device.</summary>
    private sealed class MissingKeysException(IReadOnlyCollection<string> ids) : RecadoException("The phone has not shared a key of the settings.")
    {
        public IReadOnlyCollection<string> Ids { get; } = ids;

        public override bool IsTransient => true;

        public static void ThrowIfAny(IReadOnlyCollection<string> ids)
        {
            if (ids.Count > 0)
                throw new MissingKeysException(ids);
        }
    }
}
