using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Receipts_OfMembersOfAGroup_MoveTheMessageWhenAllHaveComeThatFar()
    {
        var session = await OwnAsync(Ana);
        await SendToGroupAsync(session, "A", "1@lid", "2@lid");

        await ReceiptAsync(session, "A", MessageStatuses.Read, "1@lid");
        var first = await StatusOfAsync(session);
        await ReceiptAsync(session, "A", MessageStatuses.Delivered, "1@lid");
        await ReceiptAsync(session, "A", MessageStatuses.Delivered, "2@lid");
        await ReceiptAsync(session, "A", MessageStatuses.Delivered, "2@lid");
        var second = await StatusOfAsync(session);
        await ReceiptAsync(session, "A", MessageStatuses.Played, "2@lid");
        await ReceiptAsync(session, "unknown", MessageStatuses.Delivered, "2@lid");

        var receipts = await Engine.Messages.ListReceiptsAsync(session.Row.Id, "A", Ct);
        Assert.Equal([("1@lid", "read"), ("2@lid", "played")], receipts.Select(receipt => (receipt.Participant, receipt.Status)));
        Assert.Equal(("sent", "delivered", "read"), (first, second, await StatusOfAsync(session)));
        Assert.Equal(
            ["read 1@lid", "A sent", "delivered 2@lid", "A delivered", "played 2@lid", "A read"], (await EventsAsync(Ana)).Select(e => e.Type));
        Assert.Empty(await Engine.Messages.ListReceiptsAsync(session.Row.Id, "unknown", Ct));
    }

    [Fact]
    public async Task Receipts_OfThoseWhoHaveLeft_HoldTheMessageBackNoLonger()
    {
        var session = await OwnAsync(Ana);
        await SendToGroupAsync(session, "A", "1@lid", "2@lid", "3@lid");
        await ReceiptAsync(session, "A", MessageStatuses.Delivered, "1@lid");
        await ReceiptAsync(session, "A", MessageStatuses.Read, "2@lid");
        await CommitAsync(session.Lease, Gone("2@g.us", "3@lid"));
        var elsewhere = await StatusOfAsync(session);

        await CommitAsync(session.Lease, Gone("1@g.us", "3@lid", "5533@s.whatsapp.net"));
        var without = await StatusOfAsync(session);
        await CommitAsync(session.Lease, Gone("1@g.us", "1@lid"));

        Assert.Equal(("sent", "delivered", "read"), (elsewhere, without, await StatusOfAsync(session)));
        Assert.Equal(["gone A delivered", "gone A read"], (await EventsAsync(Ana)).Select(e => e.Type).Where(type => type.StartsWith("gone", StringComparison.Ordinal)));
        Assert.Equal(3, (await Engine.Messages.ListReceiptsAsync(session.Row.Id, "A", Ct)).Count);
    }

    [Fact]
    public async Task Receipts_WhenAllHaveLeft_LeaveTheMessageAsItIs()
    {
        var session = await OwnAsync(Ana);
        await SendToGroupAsync(session, "A", "1@lid");

        await CommitAsync(session.Lease, Gone("1@g.us", "1@lid"));
        var alone = await StatusOfAsync(session);
        await CommitAsync(session.Lease, new JournalEntry.Progress(MessageDirections.Sent, "A", MessageStatuses.Sent, Then: null));

        Assert.Equal(("pending", "sent"), (alone, await StatusOfAsync(session)));
    }

    [Fact]
    public async Task Receipts_OfAMemberWhoseLidIsLearnt_AreThoseOfTheNumber()
    {
        var session = await OwnAsync(Ana);
        await SendToGroupAsync(session, "A", "5511@s.whatsapp.net");

        await CommitAsync(session.Lease, new JournalEntry.Merge("5511@s.whatsapp.net", "1@lid"));
        await ReceiptAsync(session, "A", MessageStatuses.Read, "1@lid");

        Assert.Equal("read", await StatusOfAsync(session));
        Assert.Equal("1@lid", Assert.Single(await Engine.Messages.ListReceiptsAsync(session.Row.Id, "A", Ct)).Participant);
    }

    [Fact]
    public async Task Receipts_WhenTheMembersAreNotKnown_CountThoseWhoHaveBeenHeardOf()
    {
        var session = await OwnAsync(Ana);
        await SendToGroupAsync(session, "A");

        await ReceiptAsync(session, "A", MessageStatuses.Delivered, "1@lid");
        await ReceiptAsync(session, "A", MessageStatuses.Read, "2@lid");

        Assert.Equal("delivered", await StatusOfAsync(session));
    }

    private Task<bool> SendToGroupAsync(OwnedSession session, string id, params string[] members) => CommitAsync(
        session.Lease,
        new JournalEntry.Message(
            Message(session, id, chat: "1@g.us") with { Direction = MessageDirections.Sent, Status = MessageStatuses.Pending, IsGroup = true }, Then: null)
        {
            Members = members,
        });

    private Task<bool> ReceiptAsync(OwnedSession session, string id, string status, string member)
    {
        Time.Advance(TimeSpan.FromSeconds(1));
        return CommitAsync(session.Lease, new JournalEntry.Progress(
            MessageDirections.Sent, id, status, Event($"{status} {member}"), new MemberReceipt(member, Time.GetUtcNow(), (message, whole) => Event($"{message} {whole}"))));
    }

    private static JournalEntry.MembersLeft Gone(string group, params string[] members) =>
        new(group, members, (message, status) => Event($"gone {message} {status}"));

    private async Task<string> StatusOfAsync(OwnedSession session) => Assert.Single(await MessagesAsync(session)).Status;
}
