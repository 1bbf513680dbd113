using System.Text;
using Recado.Client.Events;
using Recado.Client.Stores;

namespace Recado.Client.Pairing;

/// <summary>
/// The name that the account shows to others. The service tells it at the login, the account's own messages repeat it, and it travels with
/// every presence; without it the service takes none.
/// </summary>
internal static class PushName
{
    private static readonly DeviceRecordKey Key = Keys.Setting("push_name");

    public static async ValueTask<string?> ReadAsync(DeviceState state, CancellationToken ct) =>
        (await state.ReadAsync(Key, ct).ConfigureAwait(false)).Data is { Length: > 0 } name ? Encoding.UTF8.GetString(name) : null;

    /// <summary>Keeps the name with the transaction, and tells of it when it is a new one.</summary>
    public static async ValueTask TakeAsync(DeviceTransaction device, OwnDevice own, string name, CancellationToken ct)
    {
        var data = Encoding.UTF8.GetBytes(name);
        if ((await device.ReadAsync(Key, ct).ConfigureAwait(false)).AsSpan().SequenceEqual(data))
            return;

        device.Put(Key, data);
        device.Events.Add(new PushNameChanged((own.Paired.Lid ?? own.Paired.PhoneNumber!.Value).ToUser(), name));
    }
}
