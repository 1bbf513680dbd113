using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Theory]
    [InlineData("message,reaction")]
    [InlineData("reaction,message")]
    [InlineData("message+reaction")]
    [InlineData("reaction+message")]
    public async Task Commit_WhenAMessageIsAboutAnother_ChangesItInWhateverOrderTheyCome(string order)
    {
        var session = await OwnAsync(Ana);
        var entries = new Dictionary<string, JournalEntry>
        {
            ["message"] = new JournalEntry.Message(Message(session, "A"), Event()),
            ["reaction"] = new JournalEntry.Message(About(session, "R", "A", new { type = "reaction", emoji = "👍" }), Event()),
        };

        foreach (var commit in order.Split(','))
            await CommitAsync(session.Lease, [.. commit.Split('+').Select(name => entries[name])]);

        var content = Assert.Single(await MessagesAsync(session)).Content;
        Assert.Equal("👍", content.GetProperty("reactions").GetProperty("5511@s.whatsapp.net").GetProperty("value").GetString());
        Assert.Equal(2, (await EventsAsync(Ana)).Count);
    }

    [Fact]
    public async Task Commit_WhenSeveralReactInOneCommit_KeepsThemAll()
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A", chat: "1@g.us"), Then: null));

        await CommitAsync(session.Lease, [.. Enumerable.Range(0, 5).Select(i => new JournalEntry.Message(
            About(session, $"R{i}", "A", new { type = "reaction", emoji = "👍" }) with { Chat = "1@g.us", Sender = $"{i}@lid" }, Then: null))]);

        var content = Assert.Single(await MessagesAsync(session)).Content;
        Assert.Equal(5, content.GetProperty("reactions").EnumerateObject().Count());
    }

    [Theory]
    [InlineData("5511@s.whatsapp.net", "changed", 1)]
    [InlineData("5599@s.whatsapp.net", "hello", 0)]
    public async Task Commit_WhenAMessageIsEdited_CountsOnlyItsAuthor(string sender, string text, int told)
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Then: null));

        var edit = About(session, "E", "A", new { type = "edit", content = new { type = "text", text = "changed" } }) with { Sender = sender };
        await CommitAsync(session.Lease, new JournalEntry.Message(edit, Event()));

        Assert.Equal(text, Assert.Single(await MessagesAsync(session)).Content.GetProperty("text").GetString());
        Assert.Equal(told, (await EventsAsync(Ana)).Count);
    }

    [Theory]
    [InlineData(true, "deleted", 1)]
    [InlineData(null, "text", 0)]
    public async Task Commit_WhenAMessageIsDeletedByAnother_CountsOnlyAnAdmin(bool? byAdmin, string type, int told)
    {
        var session = await OwnAsync(Ana);
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Then: null));

        var deletion = About(session, "D", "A", new { type = "revoke", target = new { fromActor = false }, byAdmin }) with { Sender = "9@lid" };
        await CommitAsync(session.Lease, new JournalEntry.Message(deletion, Event()));

        Assert.Equal(type, Assert.Single(await MessagesAsync(session)).Content.GetProperty("type").GetString());
        Assert.Equal(told, (await EventsAsync(Ana)).Count);
    }

    [Fact]
    public async Task Commit_WhenAPollGetsAnOption_ListsItOnce()
    {
        var session = await OwnAsync(Ana);
        var poll = Message(session, "P") with { Content = JsonSerializer.SerializeToElement(new { type = "poll", options = new[] { "a", "b" } }) };
        await CommitAsync(session.Lease, new JournalEntry.Message(poll, Then: null));

        foreach (var id in new[] { "O1", "O2" })
            await CommitAsync(session.Lease, new JournalEntry.Message(About(session, id, "P", new { type = "poll_option", option = "c" }), Event()));

        Assert.Equal(["a", "b", "c"], Assert.Single(await MessagesAsync(session)).Content.GetProperty("options").EnumerateArray().Select(o => o.GetString()));
    }

    [Fact]
    public async Task Commit_WhenWeReact_ChangesTheMessageOnceWhatsAppHasTakenIt()
    {
        var session = await OwnAsync(Ana);
        var reaction = About(session, "R", "A", new { type = "reaction", emoji = "👍" }) with
        {
            Direction = MessageDirections.Sent,
            Status = MessageStatuses.Pending,
            Sender = "me@lid",
        };
        await CommitAsync(session.Lease, new JournalEntry.Message(Message(session, "A"), Then: null), new JournalEntry.Message(reaction, Then: null));
        var before = Assert.Single(await MessagesAsync(session)).Content;

        await CommitAsync(session.Lease, new JournalEntry.Progress(MessageDirections.Sent, "R", MessageStatuses.Sent, Event()));

        var after = Assert.Single(await MessagesAsync(session)).Content;
        Assert.False(before.TryGetProperty("reactions", out _));
        Assert.True(after.GetProperty("reactions").TryGetProperty("me@lid", out _));
    }

    [Fact]
    public async Task Commit_WhenATextHoldsNul_StoresTheMessage()
    {
        var session = await OwnAsync(Ana);

        await CommitAsync(session.Lease,
            new JournalEntry.Message(Message(session, "A\0", "a\0b\\u0000") with { PushName = "An\0a" }, Event(payload: """{"text":"a\u0000b"}""")),
            new JournalEntry.Message(Message(session, "A\0", "again"), Event()));

        var text = Assert.Single(await MessagesAsync(session)).Content.GetProperty("text").GetString()!;
        Assert.Equal(("a", "b\\u0000"), (text[..1], text[2..]));
        Assert.Single(await EventsAsync(Ana));
    }

    [Fact]
    public async Task Commit_WhenAFileComesWithAMessage_WaitsUntilItIsFetched()
    {
        var session = await OwnAsync(Ana);
        var file = new MediaRow(Guid.CreateVersion7(Time.GetUtcNow()), Ana, session.Row.Id, MediaStatuses.Pending, "image/png", 3, "00ff", "a.png");
        var message = new JournalEntry.Message(Message(session, "A"), Event(), new PendingMedia(file, MessageDirections.Received, "A", [1, 2, 3]));
        await CommitAsync(session.Lease, message);
        await CommitAsync(session.Lease, message);

        var waiting = Assert.Single(await Engine.Media.ListPendingAsync(session.Row.Id, 10, Ct));
        var fetched = new JournalEntry.Media(file with { Status = MediaStatuses.Stored }, MessageDirections.Received, "A", """{"status":"stored"}""", Event("media"));
        await CommitAsync(session.Lease, fetched);
        await CommitAsync(session.Lease, fetched);

        Assert.Equal([1, 2, 3], waiting.Reference);
        Assert.Equal(file, waiting.Row);
        Assert.Empty(await Engine.Media.ListPendingAsync(session.Row.Id, 10, Ct));
        Assert.Equal(MediaStatuses.Stored, (await Engine.Media.FindAsync(Ana, file.Id, Ct))!.Status);
        Assert.Null(await Engine.Media.FindAsync(Bruno, file.Id, Ct));
        Assert.Equal(["00ff"], await Engine.Media.FindUsedAsync(["00ff", "11"], Ct));
        Assert.Equal("stored", Assert.Single(await MessagesAsync(session)).Content.GetProperty("media").GetProperty("status").GetString());
        Assert.Equal(["test", "media"], (await EventsAsync(Ana)).Select(e => e.Type));
    }

    [Fact]
    public async Task Find_WhenAskedByEitherId_FindsTheMessage()
    {
        var session = await OwnAsync(Ana);
        var message = Message(session, "A");
        await CommitAsync(session.Lease, new JournalEntry.Message(message, Then: null), new JournalEntry.Message(About(session, "R", "A", new { type = "reaction" }), Then: null));

        Assert.Equal(message.Id, (await Engine.Messages.FindAsync(Ana, session.Row.Id, "A", Ct))!.Id);
        Assert.Equal(message.Id, (await Engine.Messages.FindAsync(Ana, session.Row.Id, message.Id.ToString(), Ct))!.Id);
        Assert.Null(await Engine.Messages.FindAsync(Ana, session.Row.Id, "R", Ct));
        Assert.Null(await Engine.Messages.FindAsync(Bruno, session.Row.Id, "A", Ct));
        Assert.Equal("R", Assert.Single((await Engine.Messages.ListAsync(new MessageQuery(Ana, session.Row.Id, About: "A"), Ct)).Messages).WhatsAppId);
    }

    private MessageRow About(OwnedSession session, string id, string about, object content) =>
        Message(session, id) with { About = about, Content = JsonSerializer.SerializeToElement(content) };
}
