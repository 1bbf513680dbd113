using System.Text;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Enqueue_OfMessages_KeepsThemInOrderOverRestarts()
    {
        var session = await OwnAsync(Ana);
        var (first, second) = (Waiting(session, "A"), Waiting(session, "B"));
        await CommitAsync(session.Lease, Enqueued(second), Enqueued(first));
        await ReopenAsync();

        var queued = await Engine.Queue.ListAsync(session.Row.Id, limit: 10, Ct);

        Assert.Equal([("A", "send A"), ("B", "send B")], queued.Select(m => (m.WhatsAppId, Encoding.UTF8.GetString(m.Request))));
        Assert.Equal((first.Id, Time.GetUtcNow() + Day), (queued[0].Id, queued[0].ExpiresAt));
        Assert.Equal(2, await Engine.Queue.CountAsync(session.Row.Id, Ct));
        Assert.All(await MessagesAsync(session), row => Assert.Equal(MessageStatuses.Queued, row.Status));
    }

    [Fact]
    public async Task Enqueue_OfAMessageThatIsStored_ChangesNothing()
    {
        var session = await OwnAsync(Ana);
        var message = Waiting(session, "A");
        await CommitAsync(session.Lease, new JournalEntry.Message(message with { Status = MessageStatuses.Pending }, Then: null));

        await CommitAsync(session.Lease, Enqueued(message with { Id = Guid.CreateVersion7() }));

        Assert.Equal(0, await Engine.Queue.CountAsync(session.Row.Id, Ct));
        Assert.Equal(MessageStatuses.Pending, Assert.Single(await MessagesAsync(session)).Status);
    }

    [Fact]
    public async Task Dequeue_WhenTheMessageIsSent_PutsItsRowInThePlace()
    {
        var session = await OwnAsync(Ana);
        var message = Waiting(session, "A");
        await CommitAsync(session.Lease, Enqueued(message));

        await CommitAsync(
            session.Lease, new JournalEntry.Dequeued("A"),
            new JournalEntry.Message(message with { Status = MessageStatuses.Pending, Chat = "9@lid" }, Then: null));

        var row = Assert.Single(await MessagesAsync(session));
        Assert.Equal((message.Id, "9@lid", MessageStatuses.Pending), (row.Id, row.Chat, row.Status));
        Assert.Empty(await Engine.Queue.ListAsync(session.Row.Id, limit: 10, Ct));
    }

    [Fact]
    public async Task Dequeue_WhenTheMessageHasFailed_LeavesItsRow()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, Enqueued(Waiting(session, "A")), Enqueued(Waiting(session, "B")));

        await CommitAsync(
            session.Lease, new JournalEntry.Progress(MessageDirections.Sent, "A", MessageStatuses.Failed, Event()), new JournalEntry.Dequeued("A"));

        Assert.Equal(
            [("A", MessageStatuses.Failed), ("B", MessageStatuses.Queued)], (await MessagesAsync(session)).Select(m => (m.WhatsAppId, m.Status)).Order());
        Assert.Equal("B", Assert.Single(await Engine.Queue.ListAsync(session.Row.Id, limit: 10, Ct)).WhatsAppId);
        Assert.Single(await EventsAsync(Ana));
    }

    [Fact]
    public async Task Queue_WhenAMessageWaitsTooLong_NamesItsSession()
    {
        var (session, other) = (await OwnAsync(Ana), await OwnAsync(Bruno));
        await CommitAsync(session.Lease, Enqueued(Waiting(session, "A")));
        Time.Advance(TimeSpan.FromHours(1));
        await CommitAsync(other.Lease, Enqueued(Waiting(other, "B")));

        Assert.Empty(await Engine.Queue.ListOverdueAsync(Ct));
        Time.Advance(Day - TimeSpan.FromHours(1));

        Assert.Equal([session.Row.Id], await Engine.Queue.ListOverdueAsync(Ct));
    }

    [Fact]
    public async Task Queue_WhenTheSessionIsPurged_IsEmpty()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, Enqueued(Waiting(session, "A")));

        await Engine.Journal.PurgeAsync(session.Lease, Ct);

        Assert.Equal(0, await Engine.Queue.CountAsync(session.Row.Id, Ct));
    }

    private MessageRow Waiting(OwnedSession session, string id) =>
        Message(session, id, status: MessageStatuses.Queued) with { Direction = MessageDirections.Sent, Id = Guid.CreateVersion7(Time.GetUtcNow() + TimeSpan.FromSeconds(id[0])) };

    private JournalEntry.Enqueued Enqueued(MessageRow row) => new(row, Encoding.UTF8.GetBytes($"send {row.WhatsAppId}"), Time.GetUtcNow() + Day);
}
