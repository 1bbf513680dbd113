using System.Text.Json.Nodes;
using Recado.Client;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Simulator;

namespace Recado.Bench.Compare;

/// <summary>A group whose members have a phone and a second device each, which was linked once and stays offline.</summary>
internal static class CrowdGroup
{
    public static async Task<JsonNode?> MakeAsync(SimulatedService service, string creator, IReadOnlyList<string> members)
    {
        foreach (var member in members.Where(phone => service.Phone(phone).LinkedDevices.Count == 0))
            await LinkAsync(service, service.Phone(member));

        var group = service.Phone(creator).CreateGroup("The crowd", members).Jid.ToString();
        foreach (var member in members.Skip(1))
            service.Phone(member).SwitchOff(); // what they would decrypt costs the service more than the parties

        return group;
    }

    private static async Task LinkAsync(SimulatedService service, SimulatedPhone phone)
    {
        await using var client = new WhatsAppClient(
            new ClientOptions { Endpoint = service.WebSocketUrl, RootKey = service.RootKey }, new InMemoryDeviceStore());
        await client.StartAsync(CancellationToken.None);
        var scanning = Task.CompletedTask;
        await foreach (var happened in client.ReadEventsAsync())
        {
            if (happened is QrIssued { Number: 1 } qr)
                scanning = ScanAsync(phone, qr.Code); // not awaited here: the device answers once this event is done with
            if (happened is StateChanged { State: SessionState.Connected })
                break;
        }

        await scanning;
    }

    private static async Task ScanAsync(SimulatedPhone phone, string qr)
    {
        await Task.Delay(ServiceProcess.ScanDelay, TimeProvider.System);
        await phone.ScanAsync(qr);
    }
}
