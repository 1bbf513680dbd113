using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Commit_WhenAMessageComesAgain_StoresItOnceAndTellsOnce()
    {
        var session = await OwnAsync(Ana);

        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Event()));
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A", "again"), Event()));

        Assert.Equal("hello", Assert.Single(await MessagesAsync(session)).Content.GetProperty("text").GetString());
        Assert.Single(await EventsAsync(Ana));
    }

    [Fact]
    public async Task Commit_WhenAPlaceholderIsFilled_ReplacesItAndTells()
    {
        var session = await OwnAsync(Ana);
        var placeholder = Message(session, "A", status: MessageStatuses.Undecryptable);
        await CommitAsync(session.Lease, new JournalEntry.Message(placeholder, Then: null));

        await CommitAsync(
            session.Lease, new JournalEntry.Message(placeholder, Then: null), new JournalEntry.Message(Message(session, "A", "readable"), Event()));

        var message = Assert.Single(await MessagesAsync(session));
        Assert.Equal(("readable", MessageStatuses.Received, placeholder.Id), (message.Content.GetProperty("text").GetString(), message.Status, message.Id));
        Assert.Single(await EventsAsync(Ana));
    }

    [Theory]
    [InlineData("sent,delivered,read,played", "played", 4)]
    [InlineData("read,delivered,sent", "read", 1)]
    [InlineData("sent,sent,delivered,delivered", "delivered", 2)]
    [InlineData("failed,sent", "failed", 1)]
    [InlineData("delivered,failed", "delivered", 1)]
    public async Task Commit_WhenAStatusChanges_MovesItForwardOnly(string steps, string final, int told)
    {
        var session = await OwnAsync(Ana);
        var sent = Message(session, "A", status: MessageStatuses.Pending) with { Direction = MessageDirections.Sent };
        await CommitAsync(session.Lease, new JournalEntry.Message(sent, Then: null));

        foreach (var status in steps.Split(','))
            await CommitAsync(session.Lease, new JournalEntry.Progress(MessageDirections.Sent, "A", status, Event()));

        Assert.Equal(final, Assert.Single(await MessagesAsync(session)).Status);
        Assert.Equal(told, (await EventsAsync(Ana)).Count);
    }

    [Fact]
    public async Task Commit_WhenAnUnknownMessageProgresses_TellsNothing()
    {
        var session = await OwnAsync(Ana);

        await CommitAsync(session.Lease, new JournalEntry.Progress(MessageDirections.Sent, "unknown", MessageStatuses.Read, Event()));

        Assert.Empty(await EventsAsync(Ana));
    }

    [Fact]
    public async Task Commit_WhenTwoNamesAreOneUser_ContinuesTheChatUnderTheLid()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease,
            new JournalEntry.Message(Message(session, "A", chat: "5511@s.whatsapp.net"), Then: null),
            new JournalEntry.Message(Message(session, "B", chat: "9@lid"), Then: null));

        await CommitAsync(session.Lease, new JournalEntry.Merge("5511@s.whatsapp.net", "9@lid"));
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A", chat: "9@lid"), Event()));

        var rows = await MessagesAsync(session);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal(("9@lid", "5511"), (row.Chat, row.PhoneNumber)));
        Assert.Empty(await EventsAsync(Ana));
    }

    [Fact]
    public async Task List_WhenPagedByCursor_ShowsEachMessageOnceNewestFirst()
    {
        var session = await OwnAsync(Ana);
        for (var i = 0; i < 7; i++)
        {
            await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, $"M{i}"), Then: null));
            Time.Advance(TimeSpan.FromSeconds(i % 2)); // pairs share a second
        }

        var seen = new List<MessageRow>();
        RowCursor? next = null;
        do
        {
            var page = await Engine.Messages.ListAsync(new MessageQuery(Ana, session.Row.Id, Limit: 2, Before: next), Ct);
            seen.AddRange(page.Messages);
            Assert.True(page.Next is null || RowCursor.TryParse(page.Next.ToString(), out next));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(seen.OrderByDescending(m => m.Timestamp).ThenByDescending(m => m.Id.ToString()), seen);
        Assert.Equal(7, seen.DistinctBy(m => m.WhatsAppId).Count());
    }

    [Fact]
    public async Task List_WhenFiltered_ShowsOnlyWhatMatches()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease,
            new JournalEntry.Message(Message(session, "A", "Bom dia, 100%", "9@lid") with { PhoneNumber = "5511", Lid = "9@lid" }, Then: null),
            new JournalEntry.Message(Message(session, "B", "boa noite", "8@lid") with { Direction = MessageDirections.Sent }, Then: null));

        Assert.Equal(["A"], await IdsAsync(q => q with { Chat = "9@lid" }));
        Assert.Equal(["A"], await IdsAsync(q => q with { Chat = "5511@s.whatsapp.net" }));
        Assert.Equal(["B"], await IdsAsync(q => q with { Direction = MessageDirections.Sent }));
        Assert.Equal(IsSearchable ? ["A"] : [], await IdsAsync(q => q with { Text = "bom" }));
        Assert.Equal(IsSearchable ? ["A"] : [], await IdsAsync(q => q with { Text = "0%" }));
        Assert.Empty(await IdsAsync(q => q with { Text = "b_m" }));
        Assert.Empty(await IdsAsync(q => q with { UserId = Bruno }));

        async Task<IEnumerable<string>> IdsAsync(Func<MessageQuery, MessageQuery> filter) =>
            (await Engine.Messages.ListAsync(filter(new MessageQuery(Ana, session.Row.Id)), Ct)).Messages.Select(m => m.WhatsAppId);
    }

    [Fact]
    public async Task Events_WhenWrittenByTwoSessions_RiseByOnePerUser()
    {
        var (one, two, other) = (await OwnAsync(Ana), await OwnAsync(Ana), await OwnAsync(Bruno));

        SessionLease[] leases = [one.Lease, two.Lease, other.Lease];
        await Task.WhenAll(Enumerable.Range(0, 50).SelectMany(_ => leases).Select(lease => CommitAsync(lease, Event())));

        Assert.Equal(Enumerable.Range(1, 100).Select(n => (long)n), (await EventsAsync(Ana)).Select(e => e.EventId));
        Assert.Equal(50, await Engine.Events.LastEventIdAsync(Bruno, Ct));
        Assert.Equal([99L, 100L], (await Engine.Events.ReadAsync(Ana, after: 98, limit: 10, Ct)).Select(e => e.EventId));
    }

    [Fact]
    public async Task Events_WhenOldOnesAreRemoved_NeverReuseANumber()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, Event("old"));
        Time.Advance(TimeSpan.FromDays(1));

        await Engine.Upkeep.RemoveExpiredAsync(Time.GetUtcNow(), auditBefore: Time.GetUtcNow(), Ct);
        await CommitAsync(session.Lease, Event("new"));

        var row = Assert.Single(await EventsAsync(Ana));
        Assert.Equal((2L, "new"), (row.EventId, row.Type));
    }

    [Fact]
    public async Task Watch_WhenEventsAreCommitted_WakesOnceForAllOfThem()
    {
        var (session, other) = (await OwnAsync(Ana), await OwnAsync(Bruno));
        using var watch = Engine.Events.Watch(Ana);
        await CommitAsync(other.Lease, Event());
        var wait = watch.WaitAsync(Ct).AsTask();
        var isAsleep = !wait.IsCompleted;

        await CommitAsync(session.Lease, Event());
        await wait;
        await CommitAsync(session.Lease, Event());
        await CommitAsync(session.Lease, Event());
        await watch.WaitAsync(Ct);

        Assert.True(isAsleep);
        Assert.False(watch.WaitAsync(Ct).AsTask().IsCompleted);
    }
}
