using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Stores;

namespace Recado.Client.Groups;

/// <summary>
/// Finds out which groups the account is in: once after it was linked, since nobody tells of those it was in before, and again when the
/// service says that what is known is out of date.
/// </summary>
internal sealed class GroupListing(DeviceState state, GroupDirectory directory, ILogger logger)
{
    private static readonly DeviceRecordKey ListedKey = Keys.Setting("groups_listed");

    /// <summary>Asks, unless that was done before. What fails is done with the next connection.</summary>
    public async Task RunAsync(ServiceConnection connection, CancellationToken ct)
    {
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            if (await device.ReadAsync(ListedKey, ct).ConfigureAwait(false) is not null)
                return;
        }

        await AskAsync(connection, ct).ConfigureAwait(false);
    }

    /// <summary>Forgets all groups and asks for them anew.</summary>
    public async Task AskAgainAsync(ServiceConnection connection, CancellationToken ct)
    {
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            await directory.ForgetAllAsync(device, ct).ConfigureAwait(false);
            device.Delete(ListedKey);
            device.Publish();
        }

        await AskAsync(connection, ct).ConfigureAwait(false);
    }

    private async Task AskAsync(ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            await directory.ListAsync(connection, ct).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is RequestRefusedException or RequestTimeoutException)
        {
            ClientLog.JobFailed(logger, cause.Message);
            return;
        }

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        device.Put(ListedKey, [1]);
        device.Publish();
    }
}
