using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Commit_WhenTheHistoryHoldsAKnownMessage_KeepsTheLiveOne()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Event()));

        await CommitAsync(session.Lease, Past(session, "A", "from the phone"), Past(session, "B"), Past(session, "B", "twice"));

        var rows = (await MessagesAsync(session)).ToDictionary(row => row.WhatsAppId, row => (row.Content.GetProperty("text").GetString(), row.Origin));
        Assert.Equal(("hello", "live"), rows["A"]);
        Assert.Equal(("hello", "history"), rows["B"]);
        Assert.Single(await EventsAsync(Ana));
    }

    [Fact]
    public async Task FindOldest_WhenAChatHasMessages_GivesTheOldestUnderEitherName()
    {
        var session = await OwnAsync(Ana);
        var old = Message(session, "old", chat: "1@lid") with { Timestamp = Time.GetUtcNow().AddDays(-1), PhoneNumber = "5511" };
        await CommitAsync(
            session.Lease, new JournalEntry.Message(old, Then: null), new JournalEntry.Message(Message(session, "new", chat: "1@lid"), Then: null));

        Assert.Equal("old", (await Engine.Messages.FindOldestAsync(Ana, session.Row.Id, "1@lid", Ct))?.WhatsAppId);
        Assert.Equal("old", (await Engine.Messages.FindOldestAsync(Ana, session.Row.Id, "5511@s.whatsapp.net", Ct))?.WhatsAppId);
        Assert.Null(await Engine.Messages.FindOldestAsync(Bruno, session.Row.Id, "1@lid", Ct));
    }

    [Fact]
    public async Task ListPending_WhenNobodyHasAskedForAFile_LeavesItOut()
    {
        var session = await OwnAsync(Ana);
        var file = new MediaRow(Guid.CreateVersion7(), Ana, session.Row.Id, MediaStatuses.Pending, "image/jpeg", 10, new string('0', 64));
        var pending = new PendingMedia(file, MessageDirections.Received, "A", [1, 2, 3], IsWanted: false);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Then: null, pending));

        var before = await Engine.Media.ListPendingAsync(session.Row.Id, 10, Ct);
        await Engine.Media.WantAsync(file, Ct);
        var after = await Engine.Media.ListPendingAsync(session.Row.Id, 10, Ct);

        Assert.Empty(before);
        Assert.Equal([1, 2, 3], Assert.Single(after).Reference);
    }

    private JournalEntry.Message Past(OwnedSession session, string id, string text = "hello") =>
        new(Message(session, id, text) with { Origin = "history", Content = JsonSerializer.SerializeToElement(new { type = "text", text }) }, Then: null);
}
