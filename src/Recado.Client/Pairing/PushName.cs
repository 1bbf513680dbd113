using System.Text;
using Recado.Client.Events;
using Recado.Client.Stores;

namespace Recado.Client.Pairing;

/// <summary>
/// The name that the account shows to others. It stands in the account's settings; until these are known, the service tells it at the login and
/// the account's own messages repeat it. It travels with every presence; without it the service takes none.
/// </summary>
internal static class PushName
{
    private static readonly DeviceRecordKey Key = Keys.Setting("push_name");
    private static readonly DeviceRecordKey SettledKey = Keys.Setting("push_name_settled");

    public static async ValueTask<string?> ReadAsync(DeviceState state, CancellationToken ct) =>
        (await state.ReadAsync(Key, ct).ConfigureAwait(false)).Data is { Length: > 0 } name ? Encoding.UTF8.GetString(name) : null;

    /// <summary>Keeps a name that was heard with the transaction, and tells of it when it is a new one. The one in the settings counts more.</summary>
    public static async ValueTask TakeAsync(DeviceTransaction device, OwnDevice own, string name, CancellationToken ct)
    {
        if (await device.ReadAsync(SettledKey, ct).ConfigureAwait(false) is null)
            await WriteAsync(device, own, name, ct).ConfigureAwait(false);
    }

    /// <summary>Keeps the name that stands in the account's settings with the transaction, and tells of it when it is a new one.</summary>
    public static async ValueTask SettleAsync(DeviceTransaction device, OwnDevice own, string name, CancellationToken ct)
    {
        if (await device.ReadAsync(SettledKey, ct).ConfigureAwait(false) is null)
            device.Put(SettledKey, [1]);
        await WriteAsync(device, own, name, ct).ConfigureAwait(false);
    }

    private static async ValueTask WriteAsync(DeviceTransaction device, OwnDevice own, string name, CancellationToken ct)
    {
        var data = Encoding.UTF8.GetBytes(name);
        if ((await device.ReadAsync(Key, ct).ConfigureAwait(false)).AsSpan().SequenceEqual(data))
            return;

        device.Put(Key, data);
        device.Events.Add(new PushNameChanged((own.Paired.Lid ?? own.Paired.PhoneNumber!.Value).ToUser(), name));
    }
}
