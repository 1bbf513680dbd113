using System.Net;
using System.Text.Json;
using Recado.Protocol.Messages;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;
using Recado.Simulator;

namespace Recado.Server.Tests.Leads;

/// <summary>Leads that come into being by messages.</summary>
public sealed class NewLeadTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private const string AnasNumber = "5511900000001";

    private static readonly MessageReferral Ad = new()
    {
        SourceType = "ad",
        SourceId = "120211",
        SourceUrl = "https://fb.me/x",
        SourceApp = "instagram",
        Title = "Spring",
        Body = "Flowers for you",
        CtwaClid = "ARAk",
        EntryPointConversionSource = "ctwa_ad",
        EntryPointConversionApp = "instagram",
    };

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Message_OfSomebodyUnknown_MakesALeadToWhichTheConversationBelongs()
    {
        await SetAsync("on");
        var carla = server.AddPhone("5511900000021", "Carla");

        var first = await ReceiveAsync(carla, "  hello,\n I saw   you ");
        var made = await server.EventAsync("lead_created", server.Ana, frame => frame.GetProperty("messageId").GetString() == first);
        var second = await ReceiveAsync(carla, "again");
        var reply = await server.SendAsync(JsonSerializer.Serialize(new { to = carla.PhoneNumber, message = "welcome" }));
        await server.TakenAsync(reply);

        var lead = Assert.Single(await LeadsAsync("phone_number", carla.PhoneNumber));
        Documents.AssertHolds(
            JsonSerializer.SerializeToElement(new
            {
                name = "Carla",
                phone_number = carla.PhoneNumber,
                lid = carla.Lid.ToString(),
                status = "new",
                source = "whatsapp",
                whatsapp_session_id = server.Ana,
                data = new { firstMessage = "hello, I saw you", firstMessageId = first, pushName = "Carla" },
            }),
            lead);
        Assert.True(JsonElement.DeepEquals(lead, made.GetProperty("lead")));
        Assert.Equal(Id(lead), made.GetProperty("leadId").GetString());
        var told = await server.ReceivedAsync(server.Ana, first);
        Assert.True(made.GetProperty("eventId").GetInt64() < told.GetProperty("eventId").GetInt64());
        foreach (var id in new[] { first, second, reply })
            Assert.Equal(Id(lead), await LeadOfAsync(id));
    }

    [Fact]
    public async Task Message_OfAnAd_KeepsWhereItCameFrom()
    {
        await SetAsync("ad");
        var (dora, eva) = (server.AddPhone("5511900000022", "Dora"), server.AddPhone("5511900000023", "Eva"));

        var plain = await ReceiveAsync(dora, "hi");
        var id = await eva.SendTextAsync(AnasNumber, "I saw your ad", Ad, Ct);
        var made = await server.EventAsync("lead_created", server.Ana, frame => frame.GetProperty("messageId").GetString() == id);

        var lead = made.GetProperty("lead");
        Documents.AssertHolds(
            JsonElement.Parse(
                """
                {"source":"whatsapp_ad","name":"Eva","data":{"firstMessage":"I saw your ad","referral":{"sourceType":"ad","sourceId":"120211",
                 "sourceUrl":"https://fb.me/x","sourceApp":"instagram","title":"Spring","body":"Flowers for you","ctwaClid":"ARAk",
                 "entryPointConversionSource":"ctwa_ad","entryPointConversionApp":"instagram","isAd":true}}}
                """),
            lead);
        var content = (await server.ReceivedAsync(server.Ana, id)).GetProperty("message").GetProperty("content");
        Assert.Equal("ARAk", content.GetProperty("context").GetProperty("referral").GetProperty("ctwaClid").GetString());
        Assert.Empty(await LeadsAsync("phone_number", dora.PhoneNumber));
        Assert.Null(await LeadOfAsync(plain));
    }

    [Fact]
    public async Task Message_WhenTheSettingIsOff_MakesNoLead()
    {
        await SetAsync("off");
        var finn = server.AddPhone("5511900000024", "Finn");
        var id = await finn.SendTextAsync(AnasNumber, "I saw your ad", Ad, Ct);
        await server.ReceivedAsync(server.Ana, id);

        await SetAsync("on");
        var later = await ReceiveAsync(finn, "no first message any more");

        Assert.Empty(await LeadsAsync("phone_number", finn.PhoneNumber));
        Assert.Null(await LeadOfAsync(later));
    }

    [Fact]
    public async Task Message_InAGroupOrOfOurOwn_MakesNoLead()
    {
        await SetAsync("on");
        var (gina, hugo) = (server.AddPhone("5511900000025", "Gina"), server.AddPhone("5511900000026", "Hugo"));
        var before = (await LeadsAsync()).Count;

        var group = gina.CreateGroup("Flowers", [AnasNumber]).Jid.ToString();
        var inGroup = await gina.SendTextAsync(group, "all together", Ct);
        await server.ReceivedAsync(server.Ana, inGroup);
        var echo = await server.AnaPhone.SendTextAsync(hugo.PhoneNumber, "from the phone", Ct);
        await server.EventAsync("message_echo", server.Ana, frame => frame.GetProperty("message").GetProperty("messageId").GetString() == echo);
        var sent = await server.SendAsync(JsonSerializer.Serialize(new { to = hugo.PhoneNumber, message = "from here" }));
        await server.TakenAsync(sent);

        Assert.Equal(before, (await LeadsAsync()).Count);

        // Who answers is unknown no longer than that.
        var answer = await ReceiveAsync(hugo, "who is it?");
        Assert.Equal(Id(Assert.Single(await LeadsAsync("phone_number", hugo.PhoneNumber))), await LeadOfAsync(answer));
    }

    [Fact]
    public async Task Message_OfALeadMadeByHand_BelongsToIt()
    {
        await SetAsync("on");
        var ivo = server.AddPhone("551190000027", "Ivo"); // as WhatsApp has it, without Brazil's ninth digit
        var added = await (await server.Http.PostAsync("/api/leads", new { name = "Ivo by hand", phone_number = "+55 11 9 9000-0027" })).JsonAsync(HttpStatusCode.Created);
        var id = Id(added.GetProperty("lead"));

        var received = await ReceiveAsync(ivo, "it is me");

        Assert.Equal(id, await LeadOfAsync(received));
        var lead = Assert.Single(await LeadsAsync("lid", ivo.Lid.ToString()));
        Assert.Equal((id, "Ivo by hand", "5511990000027"), (Id(lead), lead.GetProperty("name").GetString(), lead.GetProperty("phone_number").GetString()));
        var updated = await EventOfLeadAsync("lead_updated", id);
        Assert.Equal(ivo.Lid.ToString(), updated.GetProperty("lead").GetProperty("lid").GetString());
    }

    [Fact]
    public async Task Message_WhenTwoLeadsAreItsAuthor_LetsThemBecomeOne()
    {
        await SetAsync("on");
        var mia = server.AddPhone("5511900000031", "Mia");
        var first = await ReceiveAsync(mia, "hello");
        var older = (await LeadOfAsync(first))!;
        await PatchAsync(older, """{"phone_number":null,"tags":["new"]}"""); // known by its LID alone from now on
        var added = await (await server.Http.PostAsync("/api/leads", new { phone_number = mia.PhoneNumber, email = "mia@example.org", tags = new[] { "vip" } }))
            .JsonAsync(HttpStatusCode.Created);
        var newer = Id(added.GetProperty("lead"));

        var second = await ReceiveAsync(mia, "again");

        var lead = Assert.Single(await LeadsAsync("phone_number", mia.PhoneNumber));
        Documents.AssertHolds(
            JsonSerializer.SerializeToElement(new { id = older, name = "Mia", email = "mia@example.org", lid = mia.Lid.ToString(), tags = new[] { "new", "vip" } }), lead);
        Assert.Equal((older, older), (await LeadOfAsync(first), await LeadOfAsync(second)));
        var merged = await server.EventAsync("lead_updated", frame => frame.TryGetProperty("merged", out var other) && other.GetString() == newer);
        Assert.Equal(older, merged.GetProperty("leadId").GetString());
        Assert.Equal(older, (await EventOfLeadAsync("lead_deleted", newer)).GetProperty("mergedInto").GetString());
    }

    [Fact]
    public async Task Change_OfALeadsNumber_TurnsItIntoSomebodyElse()
    {
        await SetAsync("on");
        var (nora, olga) = (server.AddPhone("5511900000032", "Nora"), server.AddPhone("5511900000033", "Olga"));
        var lead = (await LeadOfAsync(await ReceiveAsync(nora, "hello")))!;

        await PatchAsync(lead, $$"""{"phone_number":"{{olga.PhoneNumber}}"}""");
        var (ofNora, ofOlga) = (await ReceiveAsync(nora, "again"), await ReceiveAsync(olga, "hello"));

        Assert.Equal((null, lead), (await LeadOfAsync(ofNora), await LeadOfAsync(ofOlga)));
        Assert.Equal(olga.Lid.ToString(), Assert.Single(await LeadsAsync("id", lead)).GetProperty("lid").GetString());
    }

    [Fact]
    public async Task Message_ToTwoSessionsOfTheUser_MakesOneLead()
    {
        await SetAsync("on");
        await SetAsync("on", server.Bruno);
        var jana = server.AddPhone("5511900000028", "Jana");

        await ReceiveAsync(jana, "to Ana");
        var toBruno = await jana.SendTextAsync(server.BrunoPhone.PhoneNumber, "to Bruno", Ct);
        await server.ReceivedAsync(server.Bruno, toBruno);

        var lead = Assert.Single(await LeadsAsync("phone_number", jana.PhoneNumber));
        Assert.Equal(Id(lead), await LeadOfAsync(toBruno, server.Bruno));
        await SetAsync("off", server.Bruno);
    }

    [Fact]
    public async Task Delete_OfALead_LeavesItsMessagesAndStaysDeleted()
    {
        await SetAsync("on");
        var kira = server.AddPhone("5511900000029", "Kira");
        var first = await ReceiveAsync(kira, "hello");
        var id = (await LeadOfAsync(first))!;

        await (await server.Http.DeleteAsync($"/api/leads/{id}", Ct)).JsonAsync();
        var second = await ReceiveAsync(kira, "again");

        Assert.Equal((null, null), (await LeadOfAsync(first), await LeadOfAsync(second)));
        Assert.Empty(await LeadsAsync("phone_number", kira.PhoneNumber));
        Assert.Equal(id, (await EventOfLeadAsync("lead_deleted", id)).GetProperty("leadId").GetString());
    }

    [Fact]
    public async Task Message_WithoutWords_IsSummedUpByItsKind()
    {
        await SetAsync("on");
        var lara = server.AddPhone("5511900000030", "Lara");

        var id = await lara.SendMessageAsync(AnasNumber, """{"locationMessage":{"degreesLatitude":1,"degreesLongitude":2}}""", Ct);
        await server.ReceivedAsync(server.Ana, id);

        var lead = Assert.Single(await LeadsAsync("phone_number", lara.PhoneNumber));
        Assert.Equal("[location]", lead.GetProperty("data").GetProperty("firstMessage").GetString());
    }

    private async Task SetAsync(string mode, string? session = null) => await (await server.Http.PatchAsync(
        $"/api/sessions/{session ?? server.Ana}", new StringContent($$$"""{"settings":{"leads":"{{{mode}}}"}}""", System.Text.Encoding.UTF8, "application/json"), Ct)).JsonAsync();

    private async Task PatchAsync(string lead, string body) =>
        await (await server.Http.PatchAsync($"/api/leads/{lead}", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct)).JsonAsync();

    private async Task<string> ReceiveAsync(SimulatedPhone from, string text)
    {
        var id = await from.SendTextAsync(AnasNumber, text, Ct);
        await server.ReceivedAsync(server.Ana, id);
        return id;
    }

    private async Task<List<JsonElement>> LeadsAsync(string? field = null, string? value = null) =>
    [
        .. (await (await server.Http.AskAsync("/api/leads?limit=200")).JsonAsync()).GetProperty("leads").EnumerateArray()
            .Where(lead => field is null || lead.GetProperty(field).GetString() == value),
    ];

    private async Task<string?> LeadOfAsync(string messageId, string? session = null) =>
        (await (await server.Http.AskAsync($"/api/sessions/{session ?? server.Ana}/messages/{messageId}")).JsonAsync())
            .GetProperty("message").GetProperty("lead_id").GetString();

    private Task<JsonElement> EventOfLeadAsync(string type, string lead) => server.EventAsync(type, frame => frame.GetProperty("leadId").GetString() == lead);

    private static string Id(JsonElement lead) => lead.GetProperty("id").GetString()!;
}
