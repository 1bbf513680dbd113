using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    private static readonly byte[] Hash = [1, 2, 3];

    [Fact]
    public async Task Key_WhenAdded_IsFoundByItsPrefixWithItsHash()
    {
        var key = Key("rcd_1") with { Sessions = [Guid.NewGuid(), Guid.NewGuid()], ExpiresAt = Time.GetUtcNow().AddDays(1) };

        Assert.True(await Engine.Keys.AddAsync(key, Hash, NoLimit, Ct));
        var found = await Engine.Keys.FindAsync("rcd_1", Ct);

        Assert.Equal(Hash, found!.Hash);
        Assert.Equivalent(key, found.Row, strict: true);
        Assert.Equivalent(key, Assert.Single(await Engine.Keys.ListAsync(Ana, Ct)), strict: true);
        Assert.Null(await Engine.Keys.FindAsync("rcd_2", Ct));
        Assert.Empty(await Engine.Keys.ListAsync(Bruno, Ct));
    }

    [Fact]
    public async Task Keys_WhenThereAreSeveral_AreListedNewestFirst()
    {
        await Engine.Keys.AddAsync(Key("rcd_1"), Hash, NoLimit, Ct);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Engine.Keys.AddAsync(Key("rcd_2"), Hash, NoLimit, Ct);

        Assert.Equal(["rcd_2", "rcd_1"], (await Engine.Keys.ListAsync(Ana, Ct)).Select(key => key.Prefix));
    }

    [Fact]
    public async Task AddKey_WhenManyAskAtOnce_KeepsTheLimit()
    {
        var added = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => Engine.Keys.AddAsync(Key($"rcd_{i}"), Hash, limit: 3, Ct)));
        var others = await Engine.Keys.AddAsync(Key("rcd_b") with { UserId = Bruno }, Hash, limit: 3, Ct);

        Assert.Equal(3, added.Count(isAdded => isAdded));
        Assert.True(others);
    }

    [Fact]
    public async Task RemoveKey_WhenItIsAnothers_LeavesIt()
    {
        var key = Key("rcd_1");
        await Engine.Keys.AddAsync(key, Hash, NoLimit, Ct);

        Assert.Null(await Engine.Keys.RemoveAsync(Bruno, key.Id, Ct));
        Assert.Equal("rcd_1", (await Engine.Keys.RemoveAsync(Ana, key.Id, Ct))!.Prefix);
        Assert.Null(await Engine.Keys.FindAsync("rcd_1", Ct));
        Assert.Null(await Engine.Keys.RemoveAsync(Ana, key.Id, Ct));
    }

    [Fact]
    public async Task ListLeads_WithinSomeSessions_LeavesOutThoseOfOthersAndOfNone()
    {
        var (own, other) = ((await OwnAsync(Ana)).Row.Id, (await OwnAsync(Ana)).Row.Id);
        foreach (var session in (Guid?[])[own, other, null])
            await Engine.Leads.AddAsync(new LeadRow { UserId = Ana, SessionId = session }, Ct);

        var page = await Engine.Leads.ListAsync(new LeadQuery(Ana, Within: new HashSet<Guid> { own }), Ct);

        Assert.Equal(own, Assert.Single(page.Leads).SessionId);
    }

    [Fact]
    public async Task TouchKeys_WhenOneIsGone_NotesTheOthersAndNamesThem()
    {
        await Engine.Keys.AddAsync(Key("rcd_1"), Hash, NoLimit, Ct);
        var (early, late) = (Time.GetUtcNow().AddMinutes(1), Time.GetUtcNow().AddMinutes(2));

        var alive = await Engine.Keys.TouchAsync(new Dictionary<string, DateTimeOffset> { ["rcd_1"] = late, ["rcd_gone"] = late }, Ct);
        await Engine.Keys.TouchAsync(new Dictionary<string, DateTimeOffset> { ["rcd_1"] = early }, Ct);

        Assert.Equal(["rcd_1"], alive);
        Assert.Equal(late, (await Engine.Keys.FindAsync("rcd_1", Ct))!.Row.LastUsedAt);
    }

    [Fact]
    public async Task Audit_WhenRead_IsPagedNewestFirstAndFiltered()
    {
        var session = Guid.NewGuid();
        List<AuditRow> rows = [];
        for (var i = 0; i < 5; i++)
        {
            rows.Add(Entry(i % 2 == 0 ? "session.connect" : "session.logout") with { SessionId = i < 2 ? session : null });
            Time.Advance(TimeSpan.FromSeconds(1));
        }

        await Engine.Audit.AddAsync(rows, Ct);
        await Engine.Audit.AddAsync([rows[0], Entry("session.connect") with { UserId = Bruno }], Ct);

        var first = await Engine.Audit.ListAsync(new AuditQuery(Ana, Limit: 3), Ct);
        var second = await Engine.Audit.ListAsync(new AuditQuery(Ana, Limit: 3, first[^1].Id), Ct);
        var ofSession = await Engine.Audit.ListAsync(new AuditQuery(Ana, Limit: 9, SessionId: session), Ct);
        var logouts = await Engine.Audit.ListAsync(new AuditQuery(Ana, Limit: 9, Action: "session.logout"), Ct);

        rows.Reverse();
        Assert.Equal(rows, first.Concat(second));
        Assert.Equal(rows[3..], ofSession);
        Assert.Equal([rows[1], rows[3]], logouts);
    }

    [Fact]
    public async Task Audit_WhenItIsOld_IsRemoved()
    {
        var (old, recent) = (Entry("old"), Entry("recent"));
        await Engine.Audit.AddAsync([old, recent with { At = old.At.AddDays(1) }], Ct);

        await Engine.Upkeep.RemoveExpiredAsync(eventsBefore: old.At, auditBefore: old.At.AddHours(1), Ct);

        Assert.Equal("recent", Assert.Single(await Engine.Audit.ListAsync(new AuditQuery(Ana, Limit: 9), Ct)).Action);
    }

    private ApiKeyRow Key(string prefix) => new()
    {
        Id = Guid.CreateVersion7(Time.GetUtcNow()),
        UserId = Ana,
        Name = "back end",
        Prefix = prefix,
        Scopes = ["read", "send"],
        CreatedAt = Time.GetUtcNow(),
    };

    private AuditRow Entry(string action) => new()
    {
        Id = Guid.CreateVersion7(Time.GetUtcNow()),
        UserId = Ana,
        At = Time.GetUtcNow(),
        Action = action,
        Target = "rcd_1",
        KeyPrefix = "rcd_2",
        Address = "192.0.2.7",
        UserAgent = "tests",
        Outcome = AuditRow.Done,
    };
}
