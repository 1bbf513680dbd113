using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Messages;

/// <summary>Chats, receipts and deletions in groups.</summary>
public sealed class GroupConversationTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}";

    [Fact]
    public async Task Send_ToAGroup_ShowsHowFarItHasComeWithEachMember()
    {
        var carla = server.AddPhone("5511900000021", "Carla");
        var group = await CreateAsync("Readers", server.BrunoPhone.PhoneNumber, carla.PhoneNumber);
        var id = await server.SendAsync(JsonSerializer.Serialize(new { to = group, text = new { body = "All here?", mentionsEveryone = true } }));
        await carla.WaitForMessageAsync(message => message.Id == id, Ct);

        await carla.ReadAsync([id], Ct);

        var told = await server.EventAsync(
            "message_status", server.Ana,
            frame => frame.GetProperty("messageId").ValueEquals(id) && frame.GetProperty("status").ValueEquals("read"));
        await WholeAsync(id, "delivered");
        Assert.Equal(
            (carla.Lid.ToString(), carla.Lid.ToString(), carla.PhoneNumber, group),
            (Text(told, "participant"), Text(told, "lid"), Text(told, "phoneNumber"), Text(told, "chat")));
        var row = (await (await server.Http.AskAsync($"{Path}/messages/{id}")).JsonAsync()).GetProperty("message");
        var receipt = row.GetProperty("receipts").EnumerateArray().Single(receipt => receipt.GetProperty("participant").ValueEquals(carla.Lid.ToString()));
        Assert.Equal(("read", "delivered", 2), (Text(receipt, "status"), Text(row, "status"), row.GetProperty("receipts").GetArrayLength()));
        Assert.True(row.GetProperty("content").GetProperty("context").GetProperty("mentionsEveryone").GetBoolean());
    }

    [Fact]
    public async Task Send_ToAGroup_IsReadWhenAllHaveReadItOrLeft()
    {
        var (carla, dora) = (server.AddPhone("5511900000023", "Carla"), server.AddPhone("5511900000024", "Dora"));
        dora.SwitchOff();
        var group = await CreateAsync("Slow", carla.PhoneNumber, dora.PhoneNumber);
        var id = await server.SendAsync(JsonSerializer.Serialize(new { to = group, message = "All here?" }));
        await carla.WaitForMessageAsync(message => message.Id == id, Ct);
        await carla.ReadAsync([id], Ct);
        await server.EventAsync("message_status", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id) && frame.GetProperty("status").ValueEquals("read"));
        var before = await StatusAsync(id);

        await (await server.Http.PostAsync($"{Path}/groups/{group}/participants", new { action = "remove", participants = new[] { dora.PhoneNumber } })).JsonAsync();

        await WholeAsync(id, "read");
        Assert.Equal(("sent", "read"), (before, await StatusAsync(id)));
    }

    [Fact]
    public async Task Echo_OfAMessageToAGroup_FollowsTheSlowestMemberToo()
    {
        var carla = server.AddPhone("5511900000025", "Carla");
        carla.SwitchOff();
        var group = await CreateAsync("Echoes", server.BrunoPhone.PhoneNumber, carla.PhoneNumber);
        var id = await server.AnaPhone.SendTextAsync(group, "from the phone", Ct);
        await server.EventAsync("message_echo", server.Ana, frame => frame.GetProperty("message").GetProperty("messageId").ValueEquals(id));
        await server.EventAsync("message_status", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id) && frame.GetProperty("status").ValueEquals("delivered"));
        var before = await StatusAsync(id);

        carla.SwitchOn();

        await WholeAsync(id, "delivered");
        Assert.Equal(("sent", "delivered"), (before, await StatusAsync(id)));
    }

    [Fact]
    public async Task Read_OfAGroup_TellsEachAuthor()
    {
        var carla = server.AddPhone("5511900000022", "Carla");
        var group = await CreateAsync("Writers", server.BrunoPhone.PhoneNumber, carla.PhoneNumber);
        string[] ids = [await server.BrunoPhone.SendTextAsync(group, "one", Ct), await carla.SendTextAsync(group, "two", Ct), await carla.SendTextAsync(group, "three", Ct)];
        foreach (var id in ids)
            await server.ReceivedAsync(server.Ana, id);
        var before = await ChatAsync(group);

        await (await server.Http.PostAsync($"{Path}/chats/{group}/read")).JsonAsync();

        await server.BrunoPhone.WaitForReceiptAsync(receipt => receipt.MessageId == ids[0] && receipt.Type == "read", Ct);
        await carla.WaitForReceiptAsync(receipt => receipt.MessageId == ids[1] && receipt.Type == "read", Ct);
        await carla.WaitForReceiptAsync(receipt => receipt.MessageId == ids[2] && receipt.Type == "read", Ct);
        Assert.Equal((3, 0), (before.GetProperty("unread_count").GetInt32(), (await ChatAsync(group)).GetProperty("unread_count").GetInt32()));
        Assert.Equal(("Writers", true), (Text(before, "name"), before.GetProperty("is_group").GetBoolean()));
    }

    [Fact]
    public async Task Rename_OfAGroup_RenamesItsChat()
    {
        var group = await CreateAsync("Before", server.BrunoPhone.PhoneNumber);

        await (await server.Http.PatchAsJsonAsync($"{Path}/groups/{group}", new { subject = "After" }, Ct)).JsonAsync();

        await server.EventAsync(
            "group_update", server.Ana, frame => frame.GetProperty("group").ValueEquals(group) && frame.GetRawText().Contains("After", StringComparison.Ordinal));
        var chat = await ChatAsync(group);
        Assert.Equal(("After", 0), (Text(chat, "name"), chat.GetProperty("unread_count").GetInt32()));
    }

    [Fact]
    public async Task Delete_OfAMembersMessageByAnAdmin_LeavesAMarker()
    {
        var group = await CreateAsync("Moderated", server.BrunoPhone.PhoneNumber);
        var id = await server.BrunoPhone.SendTextAsync(group, "rude", Ct);
        await server.ReceivedAsync(server.Ana, id);

        var deletion = await (await server.Http.DeleteAsync($"{Path}/messages/{id}", Ct)).JsonAsync();

        await server.TakenAsync(deletion.GetProperty("messageId").GetString()!);
        Assert.Equal("deleted", Text(await server.RowContentAsync(server.Ana, id, $"&chat={group}"), "type"));
    }

    [Fact]
    public async Task Timer_OfAGroup_IsNoMessage()
    {
        var group = await CreateAsync("Timed", server.BrunoPhone.PhoneNumber);

        await (await server.Http.PostAsync($"{Path}/messages", new { to = group, disappearing_timer = new { seconds = 86400 } }))
            .ProblemAsync(HttpStatusCode.BadRequest, "invalid_disappearing_timer");
    }

    [Fact]
    public async Task Send_ToAGroupOfOthers_IsRefused() =>
        await (await server.Http.PostAsync($"{Path}/messages", new { to = "120363999999999999@g.us", message = "let me in" }))
            .ProblemAsync(HttpStatusCode.Forbidden, "group_not_allowed");

    private async Task<string> CreateAsync(string subject, params string[] participants)
    {
        var made = await (await server.Http.PostAsync($"{Path}/groups", new { subject, participants })).JsonAsync(HttpStatusCode.Created);
        return made.GetProperty("group").GetProperty("id").GetString()!;
    }

    /// <summary>Waits until a message has come that far with all members.</summary>
    private Task WholeAsync(string id, string status) => server.EventAsync(
        "message_status", server.Ana,
        frame => frame.GetProperty("messageId").ValueEquals(id) && frame.GetProperty("status").ValueEquals(status) && frame.GetProperty("participant").ValueKind == JsonValueKind.Null);

    private async Task<string?> StatusAsync(string id) => Text((await (await server.Http.AskAsync($"{Path}/messages/{id}")).JsonAsync()).GetProperty("message"), "status");

    private async Task<JsonElement> ChatAsync(string chat) => (await (await server.Http.AskAsync($"{Path}/chats/{chat}")).JsonAsync()).GetProperty("chat");

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
