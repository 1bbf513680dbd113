using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Service;

/// <summary>Brings stanzas to devices: at once when they are there, and again after each login until they are settled.</summary>
internal sealed class Delivery(Exchange exchange)
{
    private const int MaxQueue = 100_000, MacLength = 8, AesBlock = 16;

    /// <summary>Queues a message, receipt or notification for a device and sends it if the device is there.</summary>
    public void Deliver(Device device, Node stanza)
    {
        if (!device.IsPhone)
        {
            if (device.Queue.Count >= MaxQueue)
            {
                exchange.Trace.Note(device.ToString(), $"The queue holds {MaxQueue} stanzas; one more was dropped.");
                return;
            }

            if (device.Link is not { IsActive: true } && device.Queue.TryGroup(stanza))
                return;

            device.Queue.Add(stanza);
        }

        Send(device, stanza);
    }

    /// <summary>Sends a stanza that is not worth queueing: presence, chat state.</summary>
    public static void Announce(Device device, Node stanza)
    {
        if (device.Link is { IsActive: true } link)
            link.Send(stanza);
    }

    /// <summary>Sends everything a device has not settled, framed by <c>offline_preview</c> and <c>offline</c>.</summary>
    public static void Redeliver(Device device)
    {
        if (device.Link is not { } link)
            return;

        var queue = device.Queue;
        if (queue.Count > 0)
        {
            link.Send(InfoBroadcast(new Node("offline_preview",
            [
                ("count", queue.Count), ("message", queue.CountOf("message")), ("receipt", queue.CountOf("receipt")),
                ("notification", queue.CountOf("notification")), ("appdata", 0),
            ])));
        }

        var number = 0;
        foreach (var stanza in queue.Stanzas)
        {
            link.Send(stanza.With(("offline", number++)));
        }

        link.Send(InfoBroadcast(new Node("offline", [("count", queue.Count)])));
    }

    public static Node InfoBroadcast(Node child) => new("ib", [("from", Protocol.Jid.Service)], [child]);

    private void Send(Device device, Node stanza)
    {
        if (device.Link is not { IsActive: true } link)
            return;

        if (stanza.Tag != "message" || device.IsPhone)
        {
            link.Send(stanza);
            return;
        }

        var phone = device.Account.Phone;
        var sent = exchange.Faults.Take(FaultKind.Corrupt, phone) is null ? stanza : Corrupted(stanza);
        if (stanza["category"] is null && exchange.Faults.Take(FaultKind.Withhold, phone) is not null)
            sent = Withheld(stanza);
        if (exchange.Faults.Take(FaultKind.Delay, phone) is { } delay)
        {
            SendLate(device, link, sent, delay.Delay ?? TimeSpan.FromSeconds(1));
            return;
        }

        link.Send(sent);
        if (exchange.Faults.Take(FaultKind.Duplicate, phone) is not null)
            link.Send(sent);
    }

    private void SendLate(Device device, IDeviceLink link, Node stanza, TimeSpan delay)
    {
        ITimer? timer = null;
        timer = exchange.Options.Time.CreateTimer(
            _ => exchange.Run(() =>
            {
                timer?.Dispose();
                if (device.Link == link)
                    link.Send(stanza);
            }),
            state: null, delay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The message without its content, as for a device that its sender did not know of.</summary>
    private static Node Withheld(Node message) =>
        new(message.Tag, message.Attributes, [.. message.Children.Where(child => child.Tag != "enc"), new Node("unavailable")]);

    /// <summary>The message with one bit flipped near the end of every ciphertext; the queue keeps the good one.</summary>
    private static Node Corrupted(Node message)
    {
        var children = message.Children.Select(child =>
        {
            if (child.Tag != "enc")
                return child;

            var bytes = child.Bytes.ToArray();
            bytes[^Math.Min(MacLength + AesBlock, bytes.Length)] ^= 0x10;
            return new Node(child.Tag, child.Attributes, bytes);
        });

        return new Node(message.Tag, message.Attributes, [.. children]);
    }
}
