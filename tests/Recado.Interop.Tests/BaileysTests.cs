using Recado.Interop.Tests.Harness;
using Recado.Simulator;
using Recado.Simulator.Phones;

namespace Recado.Interop.Tests;

/// <summary>Two real clients with each other: what the simulator must get right before our client is measured by it.</summary>
public sealed class BaileysTests
{
    [Fact(Timeout = Limits.Test)]
    public async Task Texts_WhenExchanged_ArriveAndAreDeliveredAndRead()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (anaPhone, benPhone) = (service.AddPhone("5511900000001", "Ana"), service.AddPhone("5511900000002", "Ben"));
        var (anaPairing, benPairing) = (BaileysClient.PairAsync(service, anaPhone, ct), BaileysClient.PairAsync(service, benPhone, ct));
        await using var ana = await anaPairing;
        await using var ben = await benPairing;

        var question = await ana.SendTextAsync(Address(benPhone), "Are you there?", ct);
        var asked = await ben.ReceiveAsync("Are you there?", ct);
        await ben.ReadAsync(asked, ct);
        var answer = await ben.SendTextAsync(asked.Chat, "Yes.", ct);
        var answered = await ana.ReceiveAsync("Yes.", ct);

        Assert.Equal((question, answer), (asked.Id, answered.Id));
        await ana.StatusAsync(question, "READ", ct);
        await ben.StatusAsync(answer, "DELIVERY_ACK", ct);
        await anaPhone.WaitForMessageAsync(m => m.Id == question && m.FromMe, ct);
        await benPhone.WaitForMessageAsync(m => m.Id == question && m.Text == "Are you there?", ct);
        Peace.AssertKept(service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenTheReceiverLostItsSessions_ArrivesOnRetry()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var (anaPhone, benPhone) = (service.AddPhone("5511900000001", "Ana"), service.AddPhone("5511900000002", "Ben"));
        var (anaPairing, benPairing) = (BaileysClient.PairAsync(service, anaPhone, ct), BaileysClient.PairAsync(service, benPhone, ct));
        await using var ana = await anaPairing;
        await using var ben = await benPairing;
        await ana.SendTextAsync(Address(benPhone), "first", ct);
        var first = await ben.ReceiveAsync("first", ct);
        await ben.SendTextAsync(first.Chat, "settled", ct);
        await ana.ReceiveAsync("settled", ct);

        await ben.ForgetAsync("session", ct);
        var id = await ana.SendTextAsync(Address(benPhone), "second", ct);

        await ben.UndecryptableAsync(id, ct);
        Assert.Equal(id, (await ben.ReceiveAsync("second", ct)).Id);
        Peace.AssertKept(service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Login_WhenTheCredentialsWereSaved_NeedsNoScan()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        var other = service.AddPhone("5511900000002", "Ben");
        await using var first = await BaileysClient.PairAsync(service, phone, ct);
        await first.EndAsync(ct);
        await other.SendTextAsync(phone.PhoneNumber, "while you were away", ct);

        await using var second = first.Restarted();
        await second.LoginAsync(ct);

        await second.ReceiveAsync("while you were away", ct);
        await service.DropConnectionsAsync();
        Assert.Equal(428, await second.ClosedAsync(ct));
        await second.LoginAsync(ct);
        Peace.AssertKept(service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Logout_WhenAskedFor_UnlinksTheDevice()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        await using var client = await BaileysClient.PairAsync(service, phone, ct);

        await client.LogoutAsync(ct);

        Assert.Equal(401, await client.ClosedAsync(ct));
        await client.ConnectAsync(ct);
        Assert.Equal(401, await client.ClosedAsync(ct));
        Assert.Empty(phone.LinkedDevices);
    }

    [Theory(Timeout = Limits.Test)]
    [InlineData(false)]
    [InlineData(true)] // each part in its announcement, for clients that cannot reach the media host
    public async Task History_WhenThePhoneHasOne_IsTakenWhole(bool isInline)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        service.AddPhone("5511900000002", "Ben");
        var plan = new HistoryPlan
        {
            Chats = 3,
            MessagesPerChat = 40,
            ChunkSize = 30,
            Groups = 1,
            MediaEvery = 9,
            ReactionEvery = 7,
            PollEvery = 11,
            EventEvery = 13,
            OnlyOnPhone = 12,
            IsInline = isInline,
        };
        var chats = await phone.GiveHistoryAsync(plan, ct);

        // This client asks for everything when it is linked.
        await using var client = await BaileysClient.PairAsync(service, phone, ct, wantsHistory: true);

        var missing = chats.SelectMany(chat => chat.MessageIds).ToHashSet();
        Assert.Equal(120, missing.Count);
        while (missing.Count > 0)
        {
            var part = (await client.TakeAsync("messaging-history.set", null, ct)).GetProperty("data").GetProperty("messages");
            missing.ExceptWith(part.EnumerateArray().Select(m => m.GetProperty("key").GetProperty("id").GetString()!));
        }

        Peace.AssertKept(service);
    }

    private static string Address(SimulatedPhone phone) => $"{phone.PhoneNumber}@s.whatsapp.net";
}
