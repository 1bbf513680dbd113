using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    private const string Carla = "5511900000003", CarlaLid = "3@lid";

    [Fact]
    public async Task Leads_WhenPagedByCursor_ShowEachOnceTheNewestFirst()
    {
        for (var i = 0; i < 5; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(i % 2)); // pairs share a second
            await AddLeadAsync(new LeadRow { UserId = Ana, Name = $"lead {i}" });
        }

        await AddLeadAsync(new LeadRow { UserId = Bruno, Name = "Bruno's" });

        var seen = new List<LeadRow>();
        RowCursor? next = null;
        do
        {
            var page = await Engine.Leads.ListAsync(new LeadQuery(Ana, Limit: 2, next), Ct);
            seen.AddRange(page.Leads);
            Assert.True(page.Next is null || RowCursor.TryParse(page.Next.ToString(), out next));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(seen.OrderByDescending(lead => lead.CreatedAt).ThenByDescending(lead => lead.Id.ToString()).Select(lead => lead.Id), seen.Select(lead => lead.Id));
        Assert.Equal(["lead 0", "lead 1", "lead 2", "lead 3", "lead 4"], seen.Select(lead => lead.Name).Order());
    }

    [Fact]
    public async Task Leads_WhenFiltered_ShowThoseThatFit()
    {
        var session = await OwnAsync(Ana);
        await AddLeadAsync(new LeadRow { UserId = Ana, Name = "João_1", Status = "won", Tags = ["hot", "flowers"], Source = "fair" });
        Time.Advance(TimeSpan.FromSeconds(1));
        await AddLeadAsync(new LeadRow { UserId = Ana, Name = "Maria", Company = "Lírio", Email = "maria@example.org", Tags = ["hot"] });
        await AddLeadAsync(new LeadRow
        {
            UserId = Ana,
            Name = "Data",
            SessionId = session.Row.Id,
            PhoneNumber = "5511987654321",
            Data = JsonSerializer.SerializeToElement(new { notes = new[] { "liked the \"Ágata\"" }, budget = 1234 }),
        });

        Assert.Equal(["João_1"], await NamesAsync(new LeadQuery(Ana, Status: "won")));
        Assert.Equal(["Maria", "João_1"], await NamesAsync(new LeadQuery(Ana, Tag: "hot")));
        Assert.Empty(await NamesAsync(new LeadQuery(Ana, Tag: "ho")));
        Assert.Equal(["João_1"], await NamesAsync(new LeadQuery(Ana, Source: "fair")));
        Assert.Equal(["Data"], await NamesAsync(new LeadQuery(Ana, SessionId: session.Row.Id)));
        Assert.Equal(["João_1"], await NamesAsync(new LeadQuery(Ana, Text: "JOÃO_")));
        Assert.Equal(["Maria"], await NamesAsync(new LeadQuery(Ana, Text: "lírio")));
        Assert.Equal(["Maria"], await NamesAsync(new LeadQuery(Ana, Text: "MARIA@")));
        Assert.Equal(["Data"], await NamesAsync(new LeadQuery(Ana, Text: "98765")));
        Assert.Equal(["Data"], await NamesAsync(new LeadQuery(Ana, Text: "\"ágata\"")));
        Assert.Equal(["Data"], await NamesAsync(new LeadQuery(Ana, Text: "1234")));
        Assert.Empty(await NamesAsync(new LeadQuery(Ana, Text: "notes"))); // the name of a member
        Assert.Empty(await NamesAsync(new LeadQuery(Ana, Text: "J%o")));
        Assert.Empty(await NamesAsync(new LeadQuery(Bruno, Tag: "hot")));

        async Task<IEnumerable<string?>> NamesAsync(LeadQuery query) => (await Engine.Leads.ListAsync(query, Ct)).Leads.Select(lead => lead.Name);
    }

    [Fact]
    public async Task Leads_WhenWrittenByHand_AreToldAndReadBack()
    {
        var session = await OwnAsync(Ana);
        var wanted = new LeadRow
        {
            UserId = Ana,
            SessionId = session.Row.Id,
            CompanyId = Guid.NewGuid().ToString(),
            Data = JsonSerializer.SerializeToElement(new { a = new[] { 1, 2 }, nul = "\0" }),
            Status = "open",
            Name = "Carla",
            PhoneNumber = Carla,
            Email = "carla@example.org",
            Company = "Flores",
            Source = "fair",
            Tags = ["a", "b"],
        };

        var added = await AddLeadAsync(wanted);
        Time.Advance(TimeSpan.FromMinutes(1));
        var changed = Assert.IsType<LeadOutcome.Written>(await Engine.Leads.ChangeAsync(Ana, added.Id, lead => lead with { Status = "won", Email = null }, Ct)).Lead;
        await ReopenAsync();
        var read = (await Engine.Leads.FindAsync(Ana, added.Id, Ct))!;

        Assert.Equal(
            ("won", null, "Carla", Carla, "Flores", "fair", wanted.CompanyId, session.Row.Id),
            (read.Status, read.Email, read.Name, read.PhoneNumber, read.Company, read.Source, read.CompanyId, read.SessionId));
        Assert.Equal(["a", "b"], read.Tags);
        Assert.Equal(2, read.Data.GetProperty("a")[1].GetInt32());
        Assert.Equal(TimeSpan.FromMinutes(1), read.UpdatedAt - read.CreatedAt);
        Assert.Equal(read.UpdatedAt, changed.UpdatedAt);
        Assert.Equal(["lead_created", "lead_updated"], (await EventsAsync(Ana)).Select(e => e.Type));
        Assert.IsType<LeadOutcome.NotFound>(await Engine.Leads.ChangeAsync(Bruno, added.Id, lead => lead, Ct));
        Assert.IsType<LeadOutcome.Declined>(await Engine.Leads.ChangeAsync(Ana, added.Id, _ => null, Ct));
        Assert.Null(await Engine.Leads.FindAsync(Bruno, added.Id, Ct));
        Assert.False(await Engine.Leads.RemoveAsync(Bruno, added.Id, Ct));
        Assert.Equal(2, (await EventsAsync(Ana)).Count);
    }

    [Theory]
    [InlineData("5511987654321", "551187654321")] // Brazil's ninth digit
    [InlineData("5511987654321", "5511987654321")]
    public async Task Leads_WhenANumberIsTaken_AreNotDoubled(string first, string second)
    {
        var lead = await AddLeadAsync(new LeadRow { UserId = Ana, PhoneNumber = first });
        var other = await AddLeadAsync(new LeadRow { UserId = Ana, PhoneNumber = "15550100" });

        Assert.Equal(lead.Id, Assert.IsType<LeadOutcome.NumberTaken>(await Engine.Leads.AddAsync(new LeadRow { UserId = Ana, PhoneNumber = second }, Ct)).LeadId);
        Assert.IsType<LeadOutcome.NumberTaken>(await Engine.Leads.ChangeAsync(Ana, other.Id, row => row with { PhoneNumber = second }, Ct));
        Assert.IsType<LeadOutcome.Written>(await Engine.Leads.ChangeAsync(Ana, lead.Id, row => row with { PhoneNumber = second }, Ct));
        Assert.IsType<LeadOutcome.Written>(await Engine.Leads.AddAsync(new LeadRow { UserId = Bruno, PhoneNumber = second }, Ct));
    }

    [Fact]
    public async Task Leads_WhenSomebodyUnknownWrites_AreMadeAsTheSettingSays()
    {
        var session = await OwnAsync(Ana);

        await ReceiveAsync(session, "off", "1@lid");
        await SetLeadsAsync(session, LeadModes.Ad);
        await ReceiveAsync(session, "no ad", "2@lid");
        await ReceiveAsync(session, "ad", "3@lid", LeadSources.Ad);
        await SetLeadsAsync(session, LeadModes.On);
        await ReceiveAsync(session, "on", "4@lid");
        await ReceiveAsync(session, "again", "4@lid");
        await ReceiveAsync(session, "known before", "1@lid");
        await ReceiveAsync(session, "known, but by an ad", "2@lid", LeadSources.Ad);

        var leads = (await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads;
        Assert.Equal(["2@lid", "4@lid", "3@lid"], leads.OrderByDescending(lead => lead.CreatedAt).Select(lead => lead.Lid));
        var messages = (await MessagesAsync(session)).ToDictionary(row => row.WhatsAppId, row => leads.FirstOrDefault(lead => lead.Id == row.LeadId)?.Lid);
        Assert.Equal(
            [(null, "off"), (null, "no ad"), ("3@lid", "ad"), ("4@lid", "on"), ("4@lid", "again"), (null, "known before"), ("2@lid", "known, but by an ad")],
            new[] { "off", "no ad", "ad", "on", "again", "known before", "known, but by an ad" }.Select(id => (messages[id], id)));
        var events = await EventsAsync(Ana);
        Assert.Equal(["lead_created", "message", "lead_created", "message", "message", "message", "lead_created", "message"], events.Select(e => e.Type).SkipWhile(type => type == "message"));
        Assert.All(events, e => Assert.Equal(session.Row.Id, e.SessionId));
    }

    [Fact]
    public async Task Leads_WhenSeveralMessagesAreOneCommit_AreMadeOncePerPerson()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);

        await CommitAsync(
            session.Lease,
            Received(session, "A", "1@lid"), Received(session, "B", "1@lid"), Received(session, "C", "2@lid"),
            new JournalEntry.Message(Message(session, "D", chat: "1@lid") with { Direction = MessageDirections.Sent, Lid = "1@lid" }, Event("sent")));

        Assert.Equal(2, (await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads.Count);
        Assert.Equal(3, (await MessagesAsync(session)).GroupBy(row => row.LeadId).Max(group => group.Count()));
        Assert.DoesNotContain(await MessagesAsync(session), row => row.LeadId is null);
        Assert.Equal(2, (await EventsAsync(Ana)).Count(e => e.Type == "lead_created"));
    }

    [Fact]
    public async Task Leads_WhenMessagesAreNoFirstOnes_AreNotMade()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);

        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "H", chat: "1@lid") with { Origin = "history" }, Then: null));
        await ReceiveAsync(session, "known from the past", "1@lid");
        await CommitAsync(
            session.Lease,
            Received(session, "G", "1@g.us") with { Row = Message(session, "G", chat: "1@g.us") with { IsGroup = true, Lid = "5@lid" } },
            Received(session, "S", "status@broadcast"));

        Assert.Empty((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
    }

    [Fact]
    public async Task Leads_WhenAMessageCouldNotBeReadAtFirst_AreMadeOnceItCan()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A", chat: "1@lid", status: MessageStatuses.Undecryptable) with { Lid = "1@lid" }, Then: null));
        Assert.Empty((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);

        await ReceiveAsync(session, "A", "1@lid");
        await ReceiveAsync(session, "A", "1@lid"); // once more

        var lead = Assert.Single((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
        Assert.Equal(lead.Id, Assert.Single(await MessagesAsync(session)).LeadId);
    }

    [Fact]
    public async Task Leads_WhenMadeByHand_TakeTheMessagesOfTheirNumber()
    {
        var (session, other) = (await OwnAsync(Ana), await OwnAsync(Ana));
        await SetLeadsAsync(other, LeadModes.On);
        var lead = await AddLeadAsync(new LeadRow { UserId = Ana, Name = "Carla", PhoneNumber = "5511987654321" });
        await AddLeadAsync(new LeadRow { UserId = Bruno, PhoneNumber = "5511987654321" });

        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A", chat: CarlaLid) with { PhoneNumber = "551187654321", Lid = CarlaLid }, Event("received")));
        await ReceiveAsync(other, "B", CarlaLid);

        var read = Assert.Single((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
        Assert.Equal((lead.Id, "Carla", "5511987654321", CarlaLid), (read.Id, read.Name, read.PhoneNumber, read.Lid));
        Assert.Equal([lead.Id, lead.Id], new[] { await MessagesAsync(session), await MessagesAsync(other) }.SelectMany(rows => rows).Select(row => row.LeadId!.Value));
        Assert.Equal(["lead_created", "lead_updated", "received", "message"], (await EventsAsync(Ana)).Select(e => e.Type));
        Assert.Null((await Engine.Leads.ListAsync(new LeadQuery(Bruno), Ct)).Leads[0].Lid);
    }

    [Fact]
    public async Task Leads_WhenANumberPassedToSomebodyElse_AreTwoPeople()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await ReceiveAsync(session, "A", "1@lid", phone: Carla);

        await ReceiveAsync(session, "B", "2@lid", phone: Carla);

        Assert.Equal(["1@lid", "2@lid"], (await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads.Select(lead => lead.Lid).Order());
        Assert.Equal(2, (await MessagesAsync(session)).Select(row => row.LeadId).Distinct().Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Leads_WhenTwoAreOnePerson_BecomeOne(bool isSeenByAMessage)
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await ReceiveAsync(session, "A", CarlaLid, data: new { told = "A", kept = 1 });
        Time.Advance(TimeSpan.FromSeconds(1));
        var newer = await AddLeadAsync(new LeadRow
        {
            UserId = Ana,
            PhoneNumber = Carla,
            Name = "Carla",
            Tags = ["vip", "hot"],
            Status = "open",
            Data = JsonSerializer.SerializeToElement(new { kept = 2, more = 3 }),
        });
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "B", chat: $"{Carla}@s.whatsapp.net"), Then: null));

        await (isSeenByAMessage
            ? ReceiveAsync(session, "C", CarlaLid, phone: Carla)
            : CommitAsync(session.Lease, new JournalEntry.Merge($"{Carla}@s.whatsapp.net", CarlaLid)));

        var lead = Assert.Single((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
        Assert.NotEqual(newer.Id, lead.Id);
        Assert.Equal((CarlaLid, Carla, "Carla", "open", LeadSources.WhatsApp), (lead.Lid, lead.PhoneNumber, lead.Name, lead.Status, lead.Source));
        Assert.Equal(["vip", "hot"], lead.Tags);
        Assert.Equal(("A", 1, 3), (lead.Data.GetProperty("told").GetString(), lead.Data.GetProperty("kept").GetInt32(), lead.Data.GetProperty("more").GetInt32()));
        Assert.All(await MessagesAsync(session), row => Assert.Equal(lead.Id, row.LeadId));
        var told = (await EventsAsync(Ana)).Where(e => e.Type is "lead_updated" or "lead_deleted").Select(e => (e.Type, Payload: JsonElement.Parse(e.Payload))).ToList();
        Assert.Equal(["lead_updated", "lead_deleted"], told.Select(e => e.Type));
        Assert.Equal((newer.Id, lead.Id), (told[0].Payload.GetProperty("merged").GetGuid(), told[0].Payload.GetProperty("leadId").GetGuid()));
        Assert.Equal((newer.Id, lead.Id), (told[1].Payload.GetProperty("leadId").GetGuid(), told[1].Payload.GetProperty("mergedInto").GetGuid()));
    }

    [Fact]
    public async Task Leads_WhenRemoved_LeaveTheirMessages()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await ReceiveAsync(session, "A", "1@lid");
        var lead = Assert.Single((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);

        var isRemoved = await Engine.Leads.RemoveAsync(Ana, lead.Id, Ct);
        await ReceiveAsync(session, "B", "1@lid"); // does not bring it back

        Assert.True(isRemoved);
        Assert.Empty((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
        Assert.All(await MessagesAsync(session), row => Assert.Null(row.LeadId));
        Assert.Equal(["lead_created", "message", "lead_deleted", "message"], (await EventsAsync(Ana)).Select(e => e.Type));
    }

    [Fact]
    public async Task Leads_WhenTheirSessionIsPurged_Stay()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await ReceiveAsync(session, "A", "1@lid");

        await Engine.Journal.PurgeAsync(session.Lease, Ct);

        Assert.Null(Assert.Single((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads).SessionId);
    }

    [Fact]
    public async Task Leads_WhenTheLeaseIsStale_AreNotMade()
    {
        var session = await OwnAsync(Ana);
        await SetLeadsAsync(session, LeadModes.On);
        await Engine.Journal.AcquireAsync(session.Row.Id, Ct);

        Assert.False(await CommitAsync(session.Lease, Received(session, "A", "1@lid")));

        Assert.Empty((await Engine.Leads.ListAsync(new LeadQuery(Ana), Ct)).Leads);
    }

    [Fact]
    public async Task Leads_WhenTwoSessionsHearOfOnePersonAtOnce_AreOne()
    {
        var (first, second) = (await OwnAsync(Ana), await OwnAsync(Ana));
        await SetLeadsAsync(first, LeadModes.On);
        await SetLeadsAsync(second, LeadModes.On);

        await Task.WhenAll(Enumerable.Range(0, 20).SelectMany(i => new[]
        {
            CommitAsync(first.Lease, Received(first, $"A{i}", $"{i}@lid")), CommitAsync(second.Lease, Received(second, $"B{i}", $"{i}@lid")),
        }));

        var leads = (await Engine.Leads.ListAsync(new LeadQuery(Ana, Limit: 200), Ct)).Leads;
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}@lid").Order(), leads.Select(lead => lead.Lid).Order());
        Assert.Equal(20, (await EventsAsync(Ana)).Count(e => e.Type == "lead_created"));
    }

    private async Task<LeadRow> AddLeadAsync(LeadRow lead) => Assert.IsType<LeadOutcome.Written>(await Engine.Leads.AddAsync(lead, Ct)).Lead;

    private Task SetLeadsAsync(OwnedSession session, string mode) => Engine.Sessions.ChangeAsync(
        session.Row.UserId, session.Row.Id, row => row with { Settings = row.Settings with { Leads = mode } }, Ct);

    private Task<bool> ReceiveAsync(
        OwnedSession session, string id, string chat, string source = LeadSources.WhatsApp, string? phone = null, object? data = null)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return CommitAsync(session.Lease, Received(session, id, chat, source, phone, data));
    }

    private JournalEntry.Message Received(
        OwnedSession session, string id, string chat, string source = LeadSources.WhatsApp, string? phone = null, object? data = null) => new(
            Message(session, id, chat: chat) with { Lid = chat, PhoneNumber = phone }, Event("message"),
            NewLead: new LeadRow
            {
                UserId = session.Row.UserId,
                SessionId = session.Row.Id,
                Lid = chat,
                PhoneNumber = phone,
                Source = source,
                Data = JsonSerializer.SerializeToElement(data ?? new { told = id }),
            });
}
