using System.Text.Json;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Chats_WhenPagedByCursor_ShowEachOnceTheNewestFirst()
    {
        var session = await OwnAsync(Ana);
        for (var i = 0; i < 5; i++)
        {
            Time.Advance(TimeSpan.FromSeconds(i % 2)); // pairs share a second
            await StoreAsync(session, Message(session, $"M{i}", chat: $"{i}@lid"));
        }

        await StoreAsync(session, Message(session, "M5", "again", chat: "1@lid"));

        var seen = new List<ChatRow>();
        ChatCursor? next = null;
        do
        {
            var page = await Engine.Chats.ListAsync(Ana, session.Row.Id, limit: 2, next, withStatus: false, Ct);
            seen.AddRange(page.Chats);
            Assert.True(page.Next is null || ChatCursor.TryParse(page.Next.ToString(), out next));
            next = page.Next;
        }
        while (next is not null);

        Assert.Equal(seen.OrderByDescending(chat => chat.LastAt).ThenByDescending(chat => chat.Chat), seen);
        Assert.Equal(5, seen.DistinctBy(chat => chat.Chat).Count());
        Assert.Equal("again", Text(seen.Single(chat => chat.Chat == "1@lid").LastMessage!));
        Assert.Empty((await Engine.Chats.ListAsync(Bruno, session.Row.Id, limit: 2, before: null, withStatus: false, Ct)).Chats);
    }

    [Fact]
    public async Task Chats_WhenMessagesAreRead_CountTheOthers()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(session, Message(session, "A"), Message(session, "B"), Message(session, "C"),
            Message(session, "D") with { Direction = MessageDirections.Sent, Status = MessageStatuses.Sent, Timestamp = Time.GetUtcNow() + TimeSpan.FromSeconds(1) },
            Message(session, "E") with { About = "A" });

        await CommitAsync(session.Lease, new JournalEntry.Read(["A", "unknown"], Event("first")));
        await CommitAsync(session.Lease, new JournalEntry.Read(["A", "unknown"], Event("again")));

        var chat = await ChatAsync(session, "5511@s.whatsapp.net");
        Assert.Equal((2, "D"), (chat!.UnreadCount, chat.LastMessage!.WhatsAppId));
        Assert.Equal(["B", "C"], (await Engine.Chats.ListUnreadAsync(Ana, session.Row.Id, chat.Chat, limit: 10, Ct)).Select(unread => unread.WhatsAppId));
        Assert.Equal(["first"], (await EventsAsync(Ana)).Select(e => e.Type));
    }

    [Fact]
    public async Task Chats_WhenTwoNamesAreOneUser_BecomeOne()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(session, Message(session, "A") with { PushName = "Carla", PhoneNumber = "5511" });
        Time.Advance(TimeSpan.FromSeconds(1));
        await StoreAsync(session, Message(session, "B", chat: "9@lid"));

        await CommitAsync(session.Lease, new JournalEntry.Merge("5511@s.whatsapp.net", "9@lid"));

        var chat = Assert.Single((await Engine.Chats.ListAsync(Ana, session.Row.Id, limit: 10, before: null, withStatus: false, Ct)).Chats);
        Assert.Equal(("9@lid", "5511", "Carla", 2), (chat.Chat, chat.PhoneNumber, chat.Name, chat.UnreadCount));
        Assert.Equal("9@lid", (await ChatAsync(session, "5511@s.whatsapp.net"))?.Chat);
    }

    [Fact]
    public async Task Chats_WhenANameIsTold_GoByTheLatest()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(session, Message(session, "A") with { PushName = "Carla", Timestamp = Time.GetUtcNow() });
        await StoreAsync(session, Message(session, "B") with { PushName = "Old", Timestamp = Time.GetUtcNow() - TimeSpan.FromDays(1) });
        var before = (await ChatAsync(session, "5511@s.whatsapp.net"))!.Name;

        await CommitAsync(session.Lease, new JournalEntry.ChatName("5511@s.whatsapp.net", "Carla B"), new JournalEntry.ChatName("none@lid", "x"));

        Assert.Equal(("Carla", "Carla B"), (before, (await ChatAsync(session, "5511@s.whatsapp.net"))!.Name));
    }

    [Fact]
    public async Task Chats_WhenTheNameIsKnownBefore_GoByItFromTheStart()
    {
        var session = await OwnAsync(Ana);

        await CommitAsync(session.Lease, new JournalEntry.PushName("5511@s.whatsapp.net", "Old"), new JournalEntry.PushName("5511@s.whatsapp.net", "Carla"));
        await StoreAsync(session, Message(session, "A") with { Direction = MessageDirections.Sent, Status = MessageStatuses.Sent });
        var before = (await ChatAsync(session, "5511@s.whatsapp.net"))!.Name;
        await CommitAsync(session.Lease, new JournalEntry.Merge("5511@s.whatsapp.net", "9@lid"), new JournalEntry.PushName("9@lid", "Carla B"));

        Assert.Equal(("Carla", "Carla B"), (before, (await ChatAsync(session, "9@lid"))!.Name));
        Assert.Equal("Carla B", await Engine.Chats.FindPushNameAsync(Ana, session.Row.Id, ["none@lid", "9@lid"], Ct));
        Assert.Null(await Engine.Chats.FindPushNameAsync(Ana, session.Row.Id, ["5511@s.whatsapp.net"], Ct));
        Assert.Null(await Engine.Chats.FindPushNameAsync(Bruno, session.Row.Id, ["9@lid"], Ct));
    }

    [Fact]
    public async Task PushNames_WhenPeopleWriteInGroups_AreKept()
    {
        var session = await OwnAsync(Ana);
        var message = Message(session, "A", chat: "1@g.us") with { IsGroup = true, PushName = "Dora", Lid = "4@lid" };

        await StoreAsync(
            session, message, message with { Id = Guid.NewGuid(), WhatsAppId = "B", PushName = "Dora 2" },
            message with { Id = Guid.NewGuid(), WhatsAppId = "C", PushName = "Old", Origin = "history" });

        Assert.Equal("Dora 2", await Engine.Chats.FindPushNameAsync(Ana, session.Row.Id, ["4@lid"], Ct));
    }

    [Fact]
    public async Task Chats_WhenThePhoneTellsOfThem_ComeIntoBeingAndLearnWhatItShows()
    {
        var session = await OwnAsync(Ana);
        var at = Time.GetUtcNow();
        await StoreAsync(session, Message(session, "A") with { PushName = "Carla", Timestamp = at });

        await CommitAsync(
            session.Lease,
            new JournalEntry.ChatFound("1@g.us", IsGroup: true, "Team", null, null, at - TimeSpan.FromDays(9), 86400, new ChatView(true, at, null)),
            new JournalEntry.ChatFound("1@g.us", IsGroup: true, "Team 2", null, null, at, null, View: null),
            new JournalEntry.ChatFound("5511@s.whatsapp.net", IsGroup: false, "Carla from work", "5511", null, at, null, new ChatView(false, null, at)),
            new JournalEntry.ChatFound("2@lid", IsGroup: false, "Dora", "5522", "2@lid", at, null, View: null),
            new JournalEntry.ChatFound("3@lid", IsGroup: false, "Nobody", null, "3@lid", LastAt: null, null, View: null));

        var group = (await ChatAsync(session, "1@g.us"))!;
        Assert.Equal(
            ("Team 2", true, at, null, 86400, at - TimeSpan.FromDays(9)),
            (group.Name, group.IsArchived, group.PinnedAt, group.MutedUntil, group.DisappearingSeconds, group.LastAt));
        Assert.Null(group.LastMessage);
        var carla = (await ChatAsync(session, "5511@s.whatsapp.net"))!;
        Assert.Equal(("Carla", false, null, at), (carla.Name, carla.IsArchived, carla.PinnedAt, carla.MutedUntil));
        var dora = (await ChatAsync(session, "5522@s.whatsapp.net"))!;
        Assert.Equal(("2@lid", "Dora", "2@lid", 0), (dora.Chat, dora.Name, dora.Lid, dora.UnreadCount));
        Assert.Null(await ChatAsync(session, "3@lid"));
    }

    [Fact]
    public async Task Chats_OfStatusUpdates_AreListedOnRequestOnly()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(
            session,
            Message(session, "A"),
            Message(session, "S", chat: MessageRow.StatusFeed) with { PushName = "Carla", PhoneNumber = "5533", Lid = "3@lid", Sender = "5533@s.whatsapp.net" });

        var page = await Engine.Chats.ListAsync(Ana, session.Row.Id, limit: 10, before: null, withStatus: false, Ct);
        var all = await Engine.Chats.ListAsync(Ana, session.Row.Id, limit: 10, before: null, withStatus: true, Ct);

        Assert.Equal(["5511@s.whatsapp.net"], page.Chats.Select(chat => chat.Chat));
        var feed = all.Chats.Single(chat => chat.Chat == MessageRow.StatusFeed);
        Assert.Equal((null, null, null, "S"), (feed.Name, feed.PhoneNumber, feed.Lid, feed.LastMessage!.WhatsAppId));
        Assert.Equal("3@lid", Assert.Single(await Engine.Chats.ListUnreadAsync(Ana, session.Row.Id, MessageRow.StatusFeed, limit: 10, Ct)).Author);
    }

    [Fact]
    public async Task Chats_WhenThePhoneSaysThatTheyAreUnread_CountTheirPast()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(
            session,
            Message(session, "A") with { Origin = "history" },
            Message(session, "B") with { Origin = "history", Status = MessageStatuses.Read });

        Assert.Equal(1, (await ChatAsync(session, "5511@s.whatsapp.net"))!.UnreadCount);
    }

    [Fact]
    public async Task Chats_OfContacts_GoByTheirNamesInTheAddressBook()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(session, Message(session, "A") with { PushName = "carlinha", ContactName = "Carla" });
        await StoreAsync(session, Message(session, "B", chat: "9@lid") with { Direction = MessageDirections.Sent, Status = MessageStatuses.Pending, ContactName = "Davi" });
        await StoreAsync(session, Message(session, "C") with { PushName = "carlinha", ContactName = "Carla B", Timestamp = Time.GetUtcNow() - TimeSpan.FromDays(1) });
        var known = (await ChatAsync(session, "5511@s.whatsapp.net"))!.Name;

        await CommitAsync(session.Lease, new JournalEntry.ChatName("5511@s.whatsapp.net", null), new JournalEntry.ChatName("9@lid", null));

        Assert.Equal(("Carla B", "carlinha", null), (known, (await ChatAsync(session, "5511@s.whatsapp.net"))!.Name, (await ChatAsync(session, "9@lid"))!.Name));
    }

    [Fact]
    public async Task Chats_WhenATimerIsSet_KnowTheLatest()
    {
        var session = await OwnAsync(Ana);
        await StoreAsync(session, Message(session, "A") with { Content = JsonSerializer.SerializeToElement(new { type = "text", context = new { expiresAfterSeconds = 604800 } }) });
        var followed = (await ChatAsync(session, "5511@s.whatsapp.net"))!.DisappearingSeconds;

        await StoreAsync(session, Timer("B", 86400, Time.GetUtcNow()), Timer("C", 0, Time.GetUtcNow() - TimeSpan.FromDays(1)));
        await StoreAsync(session, Message(session, "D") with { Content = JsonSerializer.SerializeToElement(new { type = "text", context = new { expiresAfterSeconds = 604800 } }) });

        var chat = (await ChatAsync(session, "5511@s.whatsapp.net"))!;
        Assert.Equal((604800, 86400, Time.GetUtcNow()), (followed, chat.DisappearingSeconds, chat.DisappearingSetAt));

        MessageRow Timer(string id, int seconds, DateTimeOffset at) =>
            Message(session, id) with { Content = JsonSerializer.SerializeToElement(new { type = "disappearing_timer", seconds, at }) };
    }

    private static string? Text(MessageRow row) => row.Content.GetProperty("text").GetString();

    private Task<bool> StoreAsync(OwnedSession session, params MessageRow[] rows) =>
        CommitAsync(session.Lease, [.. rows.Select(row => new JournalEntry.Message(row, Then: null))]);

    private Task<ChatRow?> ChatAsync(OwnedSession session, string chat) => Engine.Chats.FindAsync(session.Row.UserId, session.Row.Id, chat, Ct);
}
