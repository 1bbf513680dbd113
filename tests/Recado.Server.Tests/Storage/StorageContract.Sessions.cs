using Recado.Client.Stores;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Create_WhenTheLimitIsReached_ReturnsNothing()
    {
        var first = await Engine.Sessions.CreateAsync(Ana, "shop", limit: 1, Ct);

        var second = await Engine.Sessions.CreateAsync(Ana, null, limit: 1, Ct);
        var other = await Engine.Sessions.CreateAsync(Bruno, null, limit: 1, Ct);

        Assert.Equal(("shop", SessionStates.Connecting, Time.GetUtcNow()), (first!.Name, first.Status, first.CreatedAt));
        Assert.Null(second);
        Assert.NotNull(other);
    }

    [Fact]
    public async Task Create_WhenManyAskAtOnce_KeepsTheLimit()
    {
        var rows = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Engine.Sessions.CreateAsync(Ana, null, limit: 5, Ct)));

        Assert.Equal(5, rows.Count(row => row is not null));
    }

    [Fact]
    public async Task Find_WhenTheSessionIsAnothers_FindsNothing()
    {
        var row = await Engine.Sessions.CreateAsync(Ana, null, NoLimit, Ct);

        Assert.Null(await Engine.Sessions.FindAsync(Bruno, row!.Id, Ct));
        Assert.Equal(row, await Engine.Sessions.FindAsync(Ana, row.Id, Ct));
        Assert.Empty(await Engine.Sessions.ListAsync(Bruno, Ct));
    }

    [Fact]
    public async Task Change_OfNameAndSettings_WritesThoseAlone()
    {
        var row = await Engine.Sessions.CreateAsync(Ana, "shop", NoLimit, Ct);

        var changed = await Engine.Sessions.ChangeAsync(
            Ana, row!.Id, r => r with { Name = null, Status = SessionStates.Error, Settings = new() { RejectCalls = true, RejectCallsMessage = "write" } }, Ct);
        var others = await Engine.Sessions.ChangeAsync(Bruno, row.Id, r => r with { Name = "mine" }, Ct);

        Assert.Null(others);
        Assert.Equal((null, SessionStates.Connecting), (changed!.Name, changed.Status));
        Assert.Equal(new SessionSettings { RejectCalls = true, RejectCallsMessage = "write" }, changed.Settings);
        Assert.Equal(changed, await Engine.Sessions.FindAsync(Ana, row.Id, Ct));
    }

    [Fact]
    public async Task Change_WhenManyDoAtOnce_LosesNone()
    {
        var row = await Engine.Sessions.CreateAsync(Ana, "", NoLimit, Ct);

        await Task.WhenAll(Enumerable.Range(0, 5).Select(i => Engine.Sessions.ChangeAsync(Ana, row!.Id, r => r with { Name = $"{r.Name}{i}" }, Ct)));

        Assert.Equal("01234", string.Concat((await Engine.Sessions.FindAsync(Ana, row!.Id, Ct))!.Name!.Order()));
    }

    [Fact]
    public async Task List_WhenThereAreSeveral_IsNewestFirst()
    {
        var older = await Engine.Sessions.CreateAsync(Ana, null, NoLimit, Ct);
        Time.Advance(TimeSpan.FromSeconds(1));
        var newer = await Engine.Sessions.CreateAsync(Ana, null, NoLimit, Ct);

        var rows = await Engine.Sessions.ListAsync(Ana, Ct);

        Assert.Equal([newer!, older!], rows);
    }

    [Fact]
    public async Task Commit_WhenTheStateChanges_UpdatesTheRow()
    {
        var session = await OwnAsync(Ana);
        Time.Advance(TimeSpan.FromMinutes(1));
        var connected = session.Row with
        {
            Status = SessionStates.Connected,
            PhoneNumber = "5511",
            Lid = "1@lid",
            IsPaired = true,
            LastConnectedAt = Time.GetUtcNow(),
            UpdatedAt = Time.GetUtcNow(),
        };

        await CommitAsync(session.Lease, new JournalEntry.State(connected));

        Assert.Equal(connected, await Engine.Sessions.FindAsync(session.Row.Id, Ct));
        Assert.Equal([KeyValuePair.Create(SessionStates.Connected, 1)], await Engine.Sessions.CountByStateAsync(Ct));
        Assert.Equal([connected], await Engine.Sessions.ListByStateAsync(SessionStates.Running, Ct));
    }

    [Fact]
    public async Task Acquire_WhenThereIsNoSession_ReturnsNothing()
    {
        Assert.Null(await Engine.Journal.AcquireAsync(Guid.NewGuid(), Ct));
        Assert.IsType<LeaseOutcome.NotFound>(await Engine.Journal.AcquireToRunAsync(Guid.NewGuid(), NoLimit, Ct));
    }

    [Fact]
    public async Task AcquireToRun_WhenTheUserRunsTooMany_LeavesTheSessionAtRest()
    {
        var resting = await OwnAsync(Ana);
        await CommitAsync(resting.Lease, new JournalEntry.State(resting.Row with { Status = SessionStates.Disconnected }));
        await Engine.Sessions.CreateAsync(Ana, null, NoLimit, Ct);

        var refused = await Engine.Journal.AcquireToRunAsync(resting.Row.Id, limit: 1, Ct);
        var stateAfterRefusal = (await Engine.Sessions.FindAsync(resting.Row.Id, Ct))!.Status;
        var allowed = await Engine.Journal.AcquireToRunAsync(resting.Row.Id, limit: 2, Ct);

        Assert.IsType<LeaseOutcome.LimitReached>(refused);
        Assert.Equal(SessionStates.Disconnected, stateAfterRefusal);
        Assert.Equal(SessionStates.Disconnected, Assert.IsType<LeaseOutcome.Acquired>(allowed).Session.Row.Status);
        Assert.Equal(SessionStates.Connecting, (await Engine.Sessions.FindAsync(resting.Row.Id, Ct))!.Status);
    }

    [Fact]
    public async Task Commit_WhenTheLeaseIsStale_WritesNothing()
    {
        var stale = await OwnAsync(Ana);
        var current = await Engine.Journal.AcquireAsync(stale.Row.Id, Ct);
        var changes = new DeviceChanges().Put(Record(DeviceRecordKind.Session, "1.0"));

        var isWritten = await Engine.Journal.CommitAsync(stale.Lease, changes, [new JournalEntry.Message(Message(stale, "A"), Event())], Ct);
        var isPurged = await Engine.Journal.PurgeAsync(stale.Lease, Ct);

        Assert.False(isWritten);
        Assert.False(isPurged);
        Assert.Empty(await MessagesAsync(stale));
        Assert.Empty(await EventsAsync(Ana));
        Assert.Null(await Engine.Journal.OpenDevice(stale.Row.Id).ReadAsync(new(DeviceRecordKind.Session, "1.0"), Ct));
        Assert.True(await CommitAsync(current!.Lease, Event()));
    }

    [Fact]
    public async Task Purge_WhenTheSessionHasEverything_LeavesNothingOfIt()
    {
        var session = await OwnAsync(Ana);
        var kept = await OwnAsync(Ana);
        await Engine.Journal.CommitAsync(
            session.Lease, new DeviceChanges().Put(Record(DeviceRecordKind.Session, "1.0")), [new JournalEntry.Message(Message(session, "A"), Event())], Ct);
        await CommitAsync(kept.Lease, Event("kept"));

        var isPurged = await Engine.Journal.PurgeAsync(session.Lease, Ct);

        Assert.True(isPurged);
        Assert.Null(await Engine.Sessions.FindAsync(session.Row.Id, Ct));
        Assert.Empty(await MessagesAsync(session));
        Assert.Equal("kept", Assert.Single(await EventsAsync(Ana)).Type);
        Assert.False(await CommitAsync(session.Lease, Event()));
    }
}
