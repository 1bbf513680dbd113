using Microsoft.Extensions.Time.Testing;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Tests.Storage;

/// <summary>Whatever is asked of a database that has grown finds what it needs by an index.</summary>
public sealed class SqlitePlanTests : IDisposable
{
    private static readonly Guid User = Guid.NewGuid();
    private static readonly string[] Growing =
        ["messages", "chats", "message_receipts", "push_names", "media", "user_events", "device_records", "leads", "api_keys", "audit_log"];

    private readonly Guid _file = Guid.NewGuid();
    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Statements_OfAllDay_ReadNoTableInFull()
    {
        await using var database = SqliteDatabase.Open(_folder.Path);
        await WriteAndReadEverythingAsync(database);
        var texts = (await database.ReadAsync(db => db.Texts.ToList(), Ct)).Union(await database.WriteAsync(db => db.Texts.ToList(), Ct)).ToList();

        var plans = await database.ReadAsync(
            db => texts.Where(IsPlanned).Select(text => (Text: text, Steps: db.Query($"explain query plan {text}", r => r.GetString(3)))).ToList(), Ct);

        Assert.True(plans.Count > 30, $"{plans.Count} statements were seen");
        Assert.All(plans, plan =>
        {
            Assert.DoesNotContain(plan.Steps, step => Growing.Any(table => step == $"SCAN {table}" || step.StartsWith($"SCAN {table} ", StringComparison.Ordinal)));

            // The session alone finds its whole history: good for a page in the order of the index, and where the history goes with it.
            if (plan.Text.Contains(" whatsapp_sessions ", StringComparison.Ordinal))
                return;

            var isPage = plan.Text.Contains("order by timestamp desc, id desc limit", StringComparison.Ordinal);
            Assert.DoesNotContain(plan.Steps, step => step.StartsWith("SEARCH messages ", StringComparison.Ordinal) && step.EndsWith("(whatsapp_session_id=?)", StringComparison.Ordinal) && !isPage);
            Assert.False(isPage && plan.Steps.Any(step => step.Contains("ORDER BY", StringComparison.Ordinal)), $"{plan.Text} sorts");
        });
    }

    private async Task UseKeysAndAuditAsync(SqliteDatabase database, Guid session)
    {
        var (keys, audit) = (new SqliteApiKeyStore(database), new SqliteAuditLog(database));
        var key = new ApiKeyRow { Id = Guid.NewGuid(), UserId = User, Name = "a", Prefix = "rcd_0", Scopes = ["read"], CreatedAt = _time.GetUtcNow() };
        await keys.AddAsync(key, [1], limit: 9, Ct);
        await keys.ListAsync(User, Ct);
        await keys.FindAsync("rcd_0", Ct);
        await keys.TouchAsync(new Dictionary<string, DateTimeOffset> { ["rcd_0"] = _time.GetUtcNow() }, Ct);
        await keys.RemoveAsync(User, key.Id, Ct);
        await audit.AddAsync([new AuditRow { Id = Guid.CreateVersion7(), UserId = User, At = _time.GetUtcNow(), Action = "a", Outcome = AuditRow.Done }], Ct);
        foreach (var query in new[] { new AuditQuery(User, 9), new(User, 9, SessionId: session), new(User, 9, Action: "a") })
        {
            await audit.ListAsync(query, Ct);
            await audit.ListAsync(query with { Before = Guid.CreateVersion7() }, Ct);
        }

        await new SqliteUpkeep(database, _time).RemoveExpiredAsync(_time.GetUtcNow(), _time.GetUtcNow(), Ct);
    }

    private static bool IsPlanned(string text) =>
        text.TrimStart().Split([' ', '\n'], 2)[0] is "select" or "insert" or "update" or "delete";

    private async Task WriteAndReadEverythingAsync(SqliteDatabase database)
    {
        var signals = new EventSignals();
        var cipher = new RecordCipher(["a secret for tests"], RandomSource.System);
        var (sessions, journal, messages) = (new SqliteSessionStore(database, _time), new SqliteSessionJournal(database, cipher, signals, _time), new SqliteMessageStore(database, cipher));
        var (chats, media, log) = (new SqliteChatStore(database, cipher), new SqliteMediaStore(database, cipher, _time), new SqliteEventLog(database, cipher, signals));
        var leads = new SqliteLeadStore(database, cipher, signals, _time);
        var row = (await sessions.CreateAsync(User, name: null, limit: 9, Ct))!;
        var lease = (await journal.AcquireAsync(row.Id, Ct))!.Lease;

        JournalEntry[] entries =
        [
            new JournalEntry.State(row),
            new JournalEntry.Message(Message("A", "text"), Then: null, new PendingMedia(File(MediaStatuses.Pending), MessageDirections.Sent, "A", [1])) { Members = ["1@lid"] },
            new JournalEntry.Message(Message("B", "reaction") with { About = "A" }, Then: null),
            new JournalEntry.Message(Message("C", "disappearing_timer"), new JournalEntry.Event("test", "{}")),
            new JournalEntry.Message(Message("D", "text") with { Direction = MessageDirections.Received, Status = MessageStatuses.Received }, Then: null),
            new JournalEntry.Progress(MessageDirections.Sent, "A", MessageStatuses.Read, Then: null, new MemberReceipt("1@lid", _time.GetUtcNow(), Told)),
            new JournalEntry.MembersLeft("1@g.us", ["1@lid"], Told),
            new JournalEntry.PushName("5511@s.whatsapp.net", "Ana"),
            new JournalEntry.ChatFound("1@g.us", IsGroup: true, "Team", null, null, _time.GetUtcNow(), null, new ChatView(false, null, null)),
            new JournalEntry.Read(["D"], new JournalEntry.Event("test", "{}")),
            new JournalEntry.Media(File(MediaStatuses.Stored), MessageDirections.Sent, "A", "{}", new JournalEntry.Event("test", "{}")),
            new JournalEntry.ChatName("5511@s.whatsapp.net", "Carla"),
            new JournalEntry.ChatName("5511@s.whatsapp.net", Name: null),
            new JournalEntry.Merge("5511@s.whatsapp.net", "9@lid"),
            new JournalEntry.Message(
                Message("E", "text") with { Direction = MessageDirections.Received, Chat = "7@lid", PhoneNumber = "5517", Lid = "7@lid" }, Then: null,
                NewLead: new LeadRow { UserId = User, SessionId = row.Id, PhoneNumber = "5517", Lid = "7@lid" }),
        ];
        var changes = new DeviceChanges()
            .Put(new DeviceRecord(new DeviceRecordKey(DeviceRecordKind.Session, "1"), [1])).Delete(new DeviceRecordKey(DeviceRecordKind.Session, "2"));
        await sessions.ChangeAsync(User, row.Id, session => session with { Settings = session.Settings with { Leads = LeadModes.On } }, Ct);
        Assert.True(await journal.CommitAsync(lease, changes, entries, Ct));
        await leads.AddAsync(new LeadRow { UserId = User, PhoneNumber = "5518" }, Ct);
        await journal.CommitAsync(lease, new DeviceChanges(), [new JournalEntry.Merge("5518@s.whatsapp.net", "8@lid")], Ct);

        var page = await messages.ListAsync(new MessageQuery(User, row.Id, Limit: 1), Ct);
        foreach (var query in new[] { new MessageQuery(User, row.Id), new(User, row.Id, Chat: "5511@s.whatsapp.net"), new(User, row.Id, Chat: "9@lid"), new(User, row.Id, About: "A") })
        {
            await messages.ListAsync(query, Ct);
            await messages.ListAsync(query with { Before = page.Next, Direction = MessageDirections.Sent, Text = "x" }, Ct);
        }

        await messages.FindAsync(User, row.Id, "A", Ct);
        await messages.FindAsync(User, row.Id, Guid.NewGuid().ToString(), Ct);
        await messages.FindOldestAsync(User, row.Id, "5511@s.whatsapp.net", Ct);
        await messages.ListReceiptsAsync(row.Id, "A", Ct);
        var first = await chats.ListAsync(User, row.Id, limit: 1, before: null, withStatus: false, Ct);
        await chats.ListAsync(User, row.Id, limit: 1, new ChatCursor(first.Chats[0].LastAt, "0"), withStatus: false, Ct);
        await chats.FindAsync(User, row.Id, "5511@s.whatsapp.net", Ct);
        await chats.FindPushNameAsync(User, row.Id, ["5511@s.whatsapp.net"], Ct);
        await chats.ListUnreadAsync(User, row.Id, "9@lid", limit: 10, Ct);
        await media.ListPendingAsync(row.Id, limit: 10, Ct);
        await media.FindUsedAsync(["00"], Ct);
        await log.ReadAsync(User, after: 0, limit: 10, Ct);
        await log.LastEventIdAsync(User, Ct);
        var newest = await leads.ListAsync(new LeadQuery(User, Limit: 1), Ct);
        await leads.ListAsync(new LeadQuery(User, Before: newest.Next, Status: "new", Tag: "x", Source: "x", SessionId: row.Id, Text: "x"), Ct);
        await leads.ChangeAsync(User, newest.Leads[0].Id, lead => lead with { PhoneNumber = "5519" }, Ct);
        await leads.RemoveAsync(User, newest.Leads[0].Id, Ct);
        await UseKeysAndAuditAsync(database, row.Id);
        await journal.PurgeAsync(lease, Ct);

        static JournalEntry.Event Told(string message, string status) => new("test", "{}");

        MediaRow File(string status) => new(_file, User, row.Id, status, "image/png", 1, "00");

        MessageRow Message(string id, string type) => new()
        {
            Id = Guid.CreateVersion7(_time.GetUtcNow()),
            UserId = User,
            SessionId = row.Id,
            Direction = MessageDirections.Sent,
            Content = System.Text.Json.JsonSerializer.SerializeToElement(new { type, text = id }),
            Status = MessageStatuses.Sent,
            Timestamp = _time.GetUtcNow(),
            WhatsAppId = id,
            Chat = "5511@s.whatsapp.net",
            Sender = "5511@s.whatsapp.net",
            PhoneNumber = "5511",
            Origin = "live",
        };
    }
}
