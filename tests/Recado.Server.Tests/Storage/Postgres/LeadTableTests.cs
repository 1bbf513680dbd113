using System.Net.Http.Json;
using System.Text.Json;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Server.Features.Auth;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>The table <c>leads</c> as others leave it: users write it through Supabase, and it may be older than the program.</summary>
public sealed class LeadTableTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> OddRows =>
    [
        "(user_id) values ('{0}')",
        "(user_id, data) values ('{0}', 'null')",
        "(user_id, data) values ('{0}', '[1, 2]')",
        "(user_id, data) values ('{0}', '\"text\"')",
        "(user_id, data) values ('{0}', (repeat('[', 500) || repeat(']', 500))::jsonb)",
        "(user_id, data) values ('{0}', '{{\"number\": 1e400}}')",
        "(user_id, tags) values ('{0}', 'null')",
        "(user_id, tags) values ('{0}', '\"vip\"')",
        "(user_id, tags) values ('{0}', '{{\"a\": 1}}')",
        "(user_id, tags) values ('{0}', '[1, null, [2], \"vip\", true]')",
        "(user_id, phone_number) values ('{0}', repeat('9', 100000))",
        "(user_id, phone_number, lid) values ('{0}', 'ask her', repeat('x', 100000))",
        "(user_id, name, email, company, source, status) values ('{0}', '', '', '', '', '')",
        "(user_id, created_at, updated_at) values ('{0}', 'infinity', '-infinity')",
        "(user_id, created_at, updated_at) values ('{0}', '4000-01-01 BC', '294000-01-01')",
    ];

    [Theory]
    [MemberData(nameof(OddRows))]
    public async Task Leads_WhateverIsInThem_AreReadAndChanged(string row)
    {
        await using var shop = await Shop.OpenAsync(await SharedPostgres.CreateDatabaseAsync());
        await PostgresServer.ExecuteAsync(shop.Address, $"insert into public.leads {string.Format(row, shop.User)}");
        var other = await shop.Leads.AddAsync(new LeadRow { UserId = shop.User, Name = "other" }, Ct);

        var first = await shop.Leads.ListAsync(new LeadQuery(shop.User, Limit: 1), Ct);
        var second = await shop.Leads.ListAsync(new LeadQuery(shop.User, Limit: 1, Before: first.Next), Ct);
        var odd = first.Leads.Concat(second.Leads).Single(lead => lead.Name != "other");
        var json = JsonSerializer.Serialize(new { leads = new[] { odd } }, Server.Hosting.RecadoJson.Options);
        var data = (await PostgresServer.QueryAsync(shop.Address, $"select data::text, tags::text from public.leads where id = '{odd.Id}'"))[0];
        var changed = await shop.Leads.ChangeAsync(shop.User, odd.Id, lead => lead with { Name = "Carla" }, Ct);

        Assert.IsType<LeadOutcome.Written>(other);
        Assert.Null(second.Next);
        Assert.Equal("Carla", Assert.IsType<LeadOutcome.Written>(changed).Lead.Name);
        Assert.Equal(odd.Id, (await shop.Leads.ListAsync(new LeadQuery(shop.User, Text: "CARLA"), Ct)).Leads.Single().Id);
        Assert.Contains(odd.Id.ToString(), json, StringComparison.Ordinal);
        if (odd.Tags.Count == 0 && !data.StartsWith("null", StringComparison.Ordinal)) // what says nothing may become the usual nothing
            Assert.Equal(data, (await PostgresServer.QueryAsync(shop.Address, $"select data::text, tags::text from public.leads where id = '{odd.Id}'"))[0]);
        Assert.True(await shop.Leads.RemoveAsync(shop.User, odd.Id, Ct));
    }

    [Fact]
    public async Task Message_OfANumberWrittenInPunctuation_BelongsToItsLead()
    {
        await using var shop = await Shop.OpenAsync(await SharedPostgres.CreateDatabaseAsync());
        await PostgresServer.ExecuteAsync(shop.Address, $"insert into public.leads (user_id, phone_number) values ('{shop.User}', '+55 (11) 98765-4321')");

        await shop.ReceiveAsync("A", "551187654321", "1@lid");

        Assert.Equal(["+55 (11) 98765-4321|1@lid|A"], await PostgresServer.QueryAsync(
            shop.Address, "select l.phone_number, l.lid, m.whatsapp_id from public.leads l join public.messages m on m.lead_id = l.id"));
    }

    [Fact]
    public async Task Message_WhenTheTableRefusesItsLead_IsStoredAllTheSame()
    {
        await using var shop = await Shop.OpenAsync(await SharedPostgres.CreateDatabaseAsync());
        await PostgresServer.ExecuteAsync(shop.Address, "alter table public.leads add constraint with_email check (email is not null)");

        await shop.ReceiveAsync("A", "5511", "1@lid");
        var byHand = await shop.Leads.AddAsync(new LeadRow { UserId = shop.User }, Ct);
        await PostgresServer.ExecuteAsync(shop.Address, "alter table public.leads drop constraint with_email, add constraint ours_only check (lid is null)");
        await shop.Leads.AddAsync(new LeadRow { UserId = shop.User, PhoneNumber = "5512" }, Ct);
        await shop.ReceiveAsync("B", "5512", "2@lid");

        Assert.IsType<LeadOutcome.Refused>(byHand);
        Assert.Equal(["A|", "B|5512"], await PostgresServer.QueryAsync(
            shop.Address, "select m.whatsapp_id, l.phone_number from public.messages m left join public.leads l on l.id = m.lead_id order by 1"));
        Assert.Equal(["received|2", "lead_created|1"], await PostgresServer.QueryAsync(
            shop.Address, "select type, count(*) from recado.user_events group by 1 order by 2 desc"));
    }

    [Theory]
    [InlineData("original")]
    [InlineData("later")]
    public async Task Leads_OfTheOriginal_AreReadChangedAndRemoved(string shape)
    {
        var address = await SupabaseShape.CreateAsync(shape == "original" ? SupabaseShape.Original : SupabaseShape.Later);
        await using var shop = await Shop.OpenAsync(address, SupabaseShape.Ana);

        var lead = Assert.Single((await shop.Leads.ListAsync(new LeadQuery(shop.User), Ct)).Leads);
        var company = Guid.NewGuid().ToString();
        var changed = await shop.Leads.ChangeAsync(shop.User, lead.Id, row => row with { Status = "won", CompanyId = company }, Ct);
        var added = await shop.Leads.AddAsync(new LeadRow { UserId = shop.User, PhoneNumber = "5511", CompanyId = company }, Ct);
        var read = (await shop.Leads.FindAsync(shop.User, lead.Id, Ct))!;
        var isRemoved = await shop.Leads.RemoveAsync(shop.User, lead.Id, Ct);

        Assert.Equal(shape == "later" ? ("Carla", "Acme", 2) : (null, null, 0), (lead.Name, lead.Company, lead.Tags.Count));
        Assert.Equal("Carla", lead.Data.GetProperty("name").GetString());
        Assert.IsType<LeadOutcome.Written>(changed);
        Assert.IsType<LeadOutcome.Written>(added);
        Assert.Equal(("won", company), (read.Status, read.CompanyId));
        Assert.True(isRemoved);
        Assert.Equal(["5"], await PostgresServer.QueryAsync(address, $"select count(*) from public.messages where user_id = '{shop.User}' and lead_id is null"));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Server_OnPostgres_MakesALeadOfAnAd()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId, await SharedPostgres.CreateDatabaseAsync(isPooled: true));
        var bruno = server.WhatsApp.AddPhone("5511900000002", "Bruno");
        var session = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        using var http = server.Http();
        await http.PatchAsJsonAsync($"/api/sessions/{session}", new { settings = new { leads = "ad" } }, Ct);

        await bruno.SendTextAsync("5511900000001", "I saw your ad", new MessageReferral { CtwaClid = "ARAk", Title = "Spring" }, Ct);
        await server.WaitForEventAsync(EventTypes.LeadCreated, "ARAk");
        await bruno.SendTextAsync("5511900000001", "again", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "again");

        var lead = (await http.GetFromJsonAsync<JsonElement>("/api/leads?q=spring", Ct)).GetProperty("leads")[0];
        Assert.Equal(("5511900000002", "Bruno", LeadSources.Ad), (Text("phone_number"), Text("name"), Text("source")));
        Assert.All(await server.MessagesAsync(session), message => Assert.Equal(lead.GetProperty("id").GetGuid(), message.LeadId));
        Assert.Equal(2, (await server.MessagesAsync(session)).Count);

        string? Text(string name) => lead.GetProperty(name).GetString();
    }

    /// <summary>A user with a session whose setting makes leads.</summary>
    private sealed class Shop(string address, PostgresDatabase database, Guid user, PostgresSessionJournal journal, OwnedSession session) : IAsyncDisposable
    {
        public string Address => address;

        public Guid User => user;

        public PostgresLeadStore Leads { get; } = new(database, new RecordCipher(["a secret for tests"], RandomSource.System), new EventSignals(), TimeProvider.System);

        public static async Task<Shop> OpenAsync(string address, Guid? user = null)
        {
            var database = PostgresDatabase.Open(address);
            var owner = user ?? Guid.NewGuid();
            var sessions = new PostgresSessionStore(database, TimeProvider.System);
            var journal = new PostgresSessionJournal(
                database, new RecordCipher(["a secret for tests"], RandomSource.System), new EventSignals(), TimeProvider.System);
            var row = (await sessions.CreateAsync(owner, name: null, limit: 5, Ct))!;
            await sessions.ChangeAsync(owner, row.Id, session => session with { Settings = session.Settings with { Leads = LeadModes.On } }, Ct);
            return new Shop(address, database, owner, journal, (await journal.AcquireAsync(row.Id, Ct))!);
        }

        public async Task ReceiveAsync(string id, string number, string lid)
        {
            var row = new MessageRow
            {
                Id = Guid.CreateVersion7(),
                UserId = user,
                SessionId = session.Row.Id,
                Direction = MessageDirections.Received,
                Content = JsonSerializer.SerializeToElement(new { type = "text", text = "hello" }),
                Status = MessageStatuses.Received,
                Timestamp = TimeProvider.System.GetUtcNow(),
                WhatsAppId = id,
                Chat = lid,
                Sender = lid,
                PhoneNumber = number,
                Lid = lid,
                Origin = "live",
            };
            var lead = new LeadRow { UserId = user, SessionId = session.Row.Id, PhoneNumber = number, Lid = lid };
            Assert.True(await journal.CommitAsync(
                session.Lease, DeviceChanges.Empty, [new JournalEntry.Message(row, new JournalEntry.Event("received", "{}"), NewLead: lead)], Ct));
        }

        public ValueTask DisposeAsync() => database.DisposeAsync();
    }
}
