using System.Text.Json;
using Recado.Simulator;

namespace Recado.Interop.Tests.Harness;

/// <summary>Our server (Ana) and two Baileys clients (Ben, Carla), for the tests of a class about groups.</summary>
public sealed class GroupConversation : IAsyncLifetime
{
    internal Conversation Talk { get; private set; } = null!;

    internal RecadoServer Server => Talk.Server;

    internal BaileysClient Ben => Talk.Baileys;

    internal BaileysClient Carla { get; private set; } = null!;

    internal SimulatedPhone AnaPhone => Talk.OurPhone;

    internal SimulatedPhone BenPhone => Talk.TheirPhone;

    internal SimulatedPhone CarlaPhone { get; private set; } = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var ct = TestContext.Current.CancellationToken;
        Talk = await Conversation.StartAsync(ct);
        CarlaPhone = Talk.Service.AddPhone("5511900000003", "Carla");
        Carla = await BaileysClient.PairAsync(Talk.Service, CarlaPhone, ct);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Carla is not null)
            await Carla.DisposeAsync();
        if (Talk is not null)
            await Talk.DisposeAsync();
    }

    /// <summary>Has our server make a group of all three. Returns its JID once everybody knows it.</summary>
    internal async Task<string> CreateByServerAsync(string subject, CancellationToken ct)
    {
        var answer = await Server.PostAsync(
            $"/api/sessions/{Talk.Session}/groups", new { subject, participants = new[] { BenPhone.PhoneNumber, CarlaPhone.PhoneNumber } }, ct);
        var group = answer.GetProperty("group").GetProperty("id").GetString()!;
        await KnownAsync(Ben, group, ct);
        await KnownAsync(Carla, group, ct);
        return group;
    }

    /// <summary>Has Ben make a group of all three. Returns its JID once everybody knows it.</summary>
    internal async Task<string> CreateByBenAsync(string subject, CancellationToken ct)
    {
        string[] members = [AnaPhone.Jid.ToString(), CarlaPhone.Jid.ToString()];
        var group = (await Ben.CallAsync("groupCreate", ct, subject, members)).GetProperty("id").GetString()!;
        await UpdateAsync(group, "joined", ct);
        await KnownAsync(Carla, group, ct);
        return group;
    }

    /// <summary>The change of this type that our server tells of a group.</summary>
    internal async Task<JsonElement> UpdateAsync(string group, string change, CancellationToken ct)
    {
        JsonElement? Find(JsonElement e) => e.GetProperty("changes").EnumerateArray()
            .Where(c => c.GetProperty("type").ValueEquals(change)).Select(c => (JsonElement?)c).FirstOrDefault();

        var e = await Server.TakeAsync("group_update", Talk.Session, e => e.GetProperty("group").ValueEquals(group) && Find(e) is not null, ct);
        return Find(e)!.Value;
    }

    /// <summary>Our server sends a text, which both others receive as ours. Returns its id.</summary>
    internal async Task<string> ServerSaysAsync(string group, string text, CancellationToken ct)
    {
        var id = await Server.SendTextAsync(Talk.Session, group, text, ct);
        foreach (var client in new[] { Ben, Carla })
            await SeenAsync(client, group, id, AnaPhone, ct);
        return id;
    }

    /// <summary>One of the others sends a text, which our server and the third receive. Returns its id.</summary>
    internal async Task<string> OtherSaysAsync(BaileysClient client, string group, string text, CancellationToken ct)
    {
        var (third, sender) = client == Ben ? (Carla, BenPhone) : (Ben, CarlaPhone);
        var id = await client.SendTextAsync(group, text, ct);
        await ServerSeesAsync(group, id, text, sender, ct);
        await SeenAsync(third, group, id, sender, ct);
        return id;
    }

    /// <summary>Waits until our server has a text of another member.</summary>
    internal async Task ServerSeesAsync(string group, string id, string text, SimulatedPhone sender, CancellationToken ct)
    {
        var seen = await Server.MessageAsync(Talk.Session, "message_received", id, ct);
        Assert.Equal(
            (group, true, sender.PhoneNumber, text),
            (seen.GetProperty("chat").GetString()!, seen.GetProperty("isGroup").GetBoolean(), seen.GetProperty("phoneNumber").GetString()!,
                seen.GetProperty("content").GetProperty("text").GetString()!));
    }

    private static async Task SeenAsync(BaileysClient client, string group, string id, SimulatedPhone sender, CancellationToken ct)
    {
        var seen = await client.ReceiveByIdAsync(id, ct);
        Assert.Equal((group, sender.Lid.ToString()), (seen.Chat, seen.Participant));
    }

    private static Task KnownAsync(BaileysClient client, string group, CancellationToken ct) =>
        client.TakeAsync("groups.upsert", e => e.GetProperty("data")[0].GetProperty("id").ValueEquals(group), ct);
}
