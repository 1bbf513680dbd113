using Recado.Interop.Tests.Harness;
using Recado.Simulator;

namespace Recado.Interop.Tests;

/// <summary>The settings that the devices of an account share, with a real client among the devices.</summary>
public sealed class BaileysSettingsTests
{
    private const int TimeLimit = 180_000;

    [Fact(Timeout = TimeLimit)]
    public async Task Settings_WhenThePhoneHasThem_AreReadByBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        phone.SetContactName("5511900000002", "Ben from the market");

        await using var baileys = await BaileysClient.PairAsync(service, phone, ct, wantsHistory: true); // settings follow the history
        await ContactAsync(baileys, "Ben from the market", ct);
        phone.SetContactName("5511900000002", "Ben M.");
        await ContactAsync(baileys, "Ben M.", ct);
        phone.SetName("Ana of Flowers");
        await NameAsync(baileys, "Ana of Flowers", ct);

        Peace.AssertKept(service);
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Settings_WhenBaileysChangesThem_VerifyOnThePhone()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await SimulatedService.StartAsync(ct: ct);
        var phone = service.AddPhone("5511900000001", "Ana");
        phone.SetContactName("5511900000002", "Ben");
        await using var baileys = await BaileysClient.PairAsync(service, phone, ct, wantsHistory: true);
        await ContactAsync(baileys, "Ben", ct); // it has read the settings

        await baileys.CallAsync("updateProfileName", ct, "Ana of Baileys");
        await baileys.CallAsync("chatModify", ct, new { contact = new { fullName = "Carla" } }, "5511900000003@s.whatsapp.net");
        await baileys.CallAsync("chatModify", ct, new { pin = true }, "5511900000003@s.whatsapp.net");

        Assert.Equal("Ana of Baileys", phone.Name);
        Assert.Equal("Carla", phone.ContactNames["5511900000003@s.whatsapp.net"]);
        Peace.AssertKept(service); // the phone complains of what does not verify
    }

    [Fact(Timeout = TimeLimit)]
    public async Task Name_WhenOneDeviceSetsIt_IsLearntByTheOther()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        await using var baileys = await BaileysClient.PairAsync(talk.Service, talk.OurPhone, ct);
        var profile = $"/api/sessions/{talk.Session}/profile";

        await talk.Server.RequestAsync(HttpMethod.Patch, profile, new { name = "Ana of Recado" }, ct);
        await NameAsync(baileys, "Ana of Recado", ct);
        await baileys.CallAsync("updateProfileName", ct, "Ana of Baileys");
        await baileys.CallAsync("chatModify", ct, new { contact = new { fullName = "Carla" } }, "5511900000003@s.whatsapp.net");
        await talk.Server.TakeAsync("contacts_changed", talk.Session, e => e.GetProperty("contacts")[0].GetProperty("name").ValueEquals("Carla"), ct);
        await talk.Server.RequestAsync(HttpMethod.Patch, profile, new { name = "Ana again" }, ct); // on top of the other's change
        await NameAsync(baileys, "Ana again", ct);

        Assert.Equal("Ana again", talk.OurPhone.Name);
        Peace.AssertKept(talk.Service);
    }

    private static Task ContactAsync(BaileysClient client, string name, CancellationToken ct) => client.TakeAsync(
        "contacts.upsert", e => e.GetProperty("data").EnumerateArray().Any(contact => contact.TryGetProperty("name", out var given) && given.ValueEquals(name)), ct);

    private static Task NameAsync(BaileysClient client, string name, CancellationToken ct) =>
        client.TakeAsync("name", e => e.GetProperty("name").ValueEquals(name), ct);
}
