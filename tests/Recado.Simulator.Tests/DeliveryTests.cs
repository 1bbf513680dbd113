using Microsoft.Extensions.Time.Testing;
using Recado.Protocol.Binary;
using Recado.Simulator.Faults;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class DeliveryTests : ServiceTest
{
    [Fact]
    public async Task LogIn_WhenMessagesWait_GetsThemNumberedAndFramed()
    {
        var client = await ClientOfAsync(Ana);
        await client.DisposeAsync();
        await Bia.SendTextAsync(Ana.PhoneNumber, "one", Ct);
        await Bia.SendTextAsync(Ana.PhoneNumber, "two", Ct);

        await using var again = await RawClient.LogInAsync(Service, client.Device, Ct);
        var preview = await again.Connection.ReceiveAsync(n => n.Child("offline_preview") is not null);
        var first = await again.Connection.ReceiveAsync("message");
        var second = await again.Connection.ReceiveAsync("message");
        var end = await again.Connection.ReceiveAsync(n => n.Child("offline") is not null);

        Assert.Equal("2", preview.RequiredChild("offline_preview")["message"]);
        Assert.Equal(["0", "1"], new[] { first["offline"], second["offline"] });
        Assert.Equal(["one", "two"], new[] { again.Decrypt(first).Conversation, again.Decrypt(second).Conversation });
        Assert.Equal("2", end.RequiredChild("offline")["count"]);
    }

    [Fact]
    public async Task LogIn_WhenAMessageWasNotSettled_GetsItAgainUntilItIs()
    {
        var client = await ClientOfAsync(Ana);
        await Bia.SendTextAsync(Ana.PhoneNumber, "again", Ct);
        await client.Connection.ReceiveAsync("message");
        await client.DisposeAsync();

        await using var second = await RawClient.LogInAsync(Service, client.Device, Ct);
        var message = await second.Connection.ReceiveAsync("message");
        await second.SettleAsync(message);
        await second.DisposeAsync();
        await using var third = await RawClient.LogInAsync(Service, client.Device, Ct);
        var end = await third.Connection.ReceiveAsync(n => n.Child("offline") is not null);

        Assert.Equal("0", end.RequiredChild("offline")["count"]);
        Assert.Equal(0, Assert.Single(Ana.LinkedDevices).Undelivered);
    }

    [Fact]
    public async Task Ack_WhenItDoesNotFitTheNotification_IsAViolationAndSettlesNothing()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var peer = await ClientOfAsync(Bia);
        await peer.Connection.RequestAsync("set", "privacy",
            new Node("tokens", [], [new Node("token", [("jid", Ana.Jid), ("t", 1), ("type", "trusted_contact")])]));
        var notification = await client.Connection.ReceiveAsync("notification");

        NodeAttribute[] attributes = [("class", "notification"), ("id", notification["id"]), ("to", notification.RequiredJid("from"))];
        await client.Connection.SendAsync(new Node("ack", attributes));
        await client.Connection.RequestAsync("get", "w:p");
        var before = Assert.Single(Ana.LinkedDevices).Undelivered;
        await client.Connection.SendAsync(new Node("ack", [.. attributes, ("type", "privacy_token")]));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Equal(1, before);
        Assert.Equal(0, Assert.Single(Ana.LinkedDevices).Undelivered);
        Assert.Contains("another to, participant or type", Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deliver_WhenDuplicateIsPlanned_SendsTheMessageTwice()
    {
        await using var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(FaultKind.Duplicate));

        await Bia.SendTextAsync(Ana.PhoneNumber, "twin", Ct);
        var first = await client.Connection.ReceiveAsync("message");
        var second = await client.Connection.ReceiveAsync("message");

        Assert.Equal(first["id"], second["id"]);
    }

    [Fact]
    public async Task Deliver_WhenDelayIsPlanned_SendsTheMessageLater()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var service = await SimulatedService.StartAsync(new SimulatorOptions { Time = time, CloseDelay = TimeSpan.Zero }, Ct);
        var ana = service.AddPhone(Ana.PhoneNumber);
        var bia = service.AddPhone(Bia.PhoneNumber);
        await using var client = await RawClient.CreateAsync(service, ana, Ct);
        service.Faults.Add(new Fault(FaultKind.Delay, Delay: TimeSpan.FromSeconds(5)));

        await bia.SendTextAsync(ana.PhoneNumber, "late", Ct);
        await bia.SendTextAsync(ana.PhoneNumber, "in time", Ct);
        var early = await client.Connection.ReceiveAsync("message");
        time.Advance(TimeSpan.FromSeconds(5));
        var late = await client.Connection.ReceiveAsync("message");

        Assert.NotEqual(early["id"], late["id"]);
        Assert.Equal(2, Assert.Single(ana.LinkedDevices).Undelivered);
    }

    [Theory]
    [InlineData(FaultKind.Compress)]
    [InlineData(FaultKind.Split)]
    public async Task Deliver_WhenTheWireIsDifficult_StillDelivers(FaultKind kind)
    {
        await using var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(kind, Count: 3));

        await Bia.SendTextAsync(Ana.PhoneNumber, "through", Ct);
        var message = await client.Connection.ReceiveAsync("message");

        Assert.Equal("through", client.Decrypt(message).Conversation);
    }

    [Fact]
    public async Task Deliver_WhenTheFrameIsCut_DeliversAfterTheNextLogin()
    {
        var client = await ClientOfAsync(Ana);
        Service.Faults.Add(new Fault(FaultKind.CutFrame));
        await Bia.SendTextAsync(Ana.PhoneNumber, "whole", Ct);
        await client.Connection.EndAsync();
        await client.DisposeAsync();

        await using var again = await RawClient.LogInAsync(Service, client.Device, Ct);
        var message = await again.Connection.ReceiveAsync("message");

        Assert.Equal("whole", again.Decrypt(message).Conversation);
    }

    [Fact]
    public async Task SendPrepared_WhenFlooded_DeliversInOrder()
    {
        await using var client = await ClientOfAsync(Ana);
        var texts = Enumerable.Range(0, 200).Select(i => $"{i}").ToList();

        Bia.SendPrepared(Bia.PrepareTexts(Ana.PhoneNumber, texts));
        var received = new List<string>();
        foreach (var _ in texts)
        {
            received.Add(client.Decrypt(await client.Connection.ReceiveAsync("message")).Conversation);
        }

        Assert.Equal(texts, received);
    }
}
