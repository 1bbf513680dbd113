using Recado.Client.AppState;
using Recado.Client.Connection;
using Recado.Client.Events;
using Recado.Client.Groups;
using Recado.Client.Stores;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>Receives the service's hints: the queue of missed stanzas, routing, what has changed on the account.</summary>
internal sealed class IbReceiver(DeviceState state, SessionStatus status, GroupListing groups, AppStateSync appState)
{
    public static readonly DeviceRecordKey RoutingKey = Keys.Setting("edge_routing");

    private const int BatchSize = 100;
    private const int MaxRoutingLength = 4096;

    public async ValueTask HandleAsync(Node ib, ServiceConnection connection, CancellationToken ct)
    {
        foreach (var hint in ib.Children)
        {
            switch (hint.Tag)
            {
                case "offline_preview":
                    await connection
                        .SendAsync(new Node("ib", [], new Node("offline_batch", [("count", BatchSize)])), ct)
                        .ConfigureAwait(false);
                    break;
                case "offline":
                    await PublishAsync(
                            device => device.Events.Add(new CaughtUp((int)Math.Clamp(hint.NumberOf("count") ?? 0, 0, int.MaxValue))),
                            ct)
                        .ConfigureAwait(false);
                    break;
                case "edge_routing" when hint.Child("routing_info")?.Bytes is { Length: > 0 and <= MaxRoutingLength } routing:
                    await PublishAsync(device => device.Put(RoutingKey, routing.ToArray()), ct).ConfigureAwait(false);
                    break;
                case "dirty" when hint["type"] is { } type:
                    if (type == "groups")
                        connection.Jobs.TryAdd(token => groups.AskAgainAsync(connection, token));
                    if (type == "syncd_app_state")
                        await WantSettingsAsync(ct).ConfigureAwait(false);
                    connection.Jobs.TryAdd(token => CleanAsync(connection, type, hint["timestamp"], token));
                    break;
                case "downgrade_webclient":
                    await PublishAsync(
                            device =>
                                status.Set(
                                    device,
                                    SessionState.Connecting,
                                    DisconnectReason.PairingUnsupported,
                                    "The phone's WhatsApp is too old for linked devices. Update it and scan the QR code again."),
                            ct)
                        .ConfigureAwait(false);
                    break;
            }
        }
    }

    private async ValueTask PublishAsync(Action<DeviceTransaction> change, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        change(device);
        device.Publish();
    }

    private async ValueTask WantSettingsAsync(CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        await appState.WantAllAsync(device, ct).ConfigureAwait(false);
        device.Publish();
    }

    // The service repeats the hint at every login until it is told that it was heard.
    private async Task CleanAsync(ServiceConnection connection, string type, string? timestamp, CancellationToken ct)
    {
        await connection
            .RequestAsync("set", "urn:xmpp:whatsapp:dirty", [new Node("clean", [("type", type), ("timestamp", timestamp)])], ct)
            .ConfigureAwait(false);
        if (timestamp is not null)
            await PublishAsync(device => device.Put(Keys.Setting($"dirty/{type}"), System.Text.Encoding.UTF8.GetBytes(timestamp)), ct)
                .ConfigureAwait(false);
    }
}
