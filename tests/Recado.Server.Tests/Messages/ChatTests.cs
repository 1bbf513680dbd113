using System.Net;
using System.Text.Json;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Messages;

public sealed class ChatTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/chats";

    [Fact]
    public async Task List_OfChats_ShowsTheNewestFirstWithTheirLastMessage()
    {
        var (carla, dora) = (server.AddPhone("5511900000011", "Carla"), server.AddPhone("5511900000012", "Dora"));
        await ReceiveAsync(carla, "one");
        await ReceiveAsync(dora, "two");
        await ReceiveAsync(carla, "three");

        var list = await (await server.Http.AskAsync($"{Path}?limit=200")).JsonAsync();

        var chats = list.GetProperty("chats").EnumerateArray().Where(chat => chat.GetProperty("phone_number").GetString() is "5511900000011" or "5511900000012").ToList();
        Assert.Equal(["Carla", "Dora"], chats.Select(chat => chat.GetProperty("name").GetString()).Order());
        var first = chats.Single(chat => chat.GetProperty("name").GetString() == "Carla");
        Assert.Equal("three", first.GetProperty("last_message").GetProperty("content").GetProperty("text").GetString());
        Assert.Equal((2, false, carla.Lid.ToString()), (first.GetProperty("unread_count").GetInt32(), first.GetProperty("is_group").GetBoolean(), first.GetProperty("lid").GetString()));
    }

    [Fact]
    public async Task Read_OfAChat_TellsTheAuthorOfAllItsMessages()
    {
        var carla = server.AddPhone("5511900000013", "Carla");
        string[] ids = [await ReceiveAsync(carla, "one"), await ReceiveAsync(carla, "two"), await ReceiveAsync(carla, "three")];

        var answer = await (await server.Http.PostAsync($"{Path}/{carla.PhoneNumber}/read")).JsonAsync();

        Assert.Equal(0, answer.GetProperty("chat").GetProperty("unread_count").GetInt32());
        foreach (var id in ids)
            await carla.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "read", Ct);
        var told = await server.EventAsync("chat_read", server.Ana, frame => frame.GetProperty("messageIds").GetArrayLength() == 3);
        Assert.Equal(ids, told.GetProperty("messageIds").EnumerateArray().Select(id => id.GetString()));
        Assert.Equal(carla.Lid.ToString(), told.GetProperty("chat").GetString());
        Assert.Equal(0, await UnreadAsync(carla.Lid.ToString()));
    }

    [Fact]
    public async Task Read_OnThePhone_CountsHereToo()
    {
        var carla = server.AddPhone("5511900000014", "Carla");
        var id = await ReceiveAsync(carla, "read me on the phone");
        await server.AnaPhone.WaitForMessageAsync(message => message.Id == id, Ct);

        await server.AnaPhone.ReadAsync([id], Ct);

        var told = await server.EventAsync("chat_read", server.Ana, frame => frame.GetProperty("messageIds")[0].GetString() == id);
        Assert.Equal(carla.Lid.ToString(), told.GetProperty("chat").GetString());
        Assert.Equal(0, await UnreadAsync(carla.PhoneNumber));
    }

    [Fact]
    public async Task Get_OfOneMessage_ShowsItsRow()
    {
        var id = await server.SendTextAsync("look at me");

        var row = (await (await server.Http.AskAsync($"/api/sessions/{server.Ana}/messages/{id}")).JsonAsync()).GetProperty("message");

        Assert.Equal((id, "look at me"), (row.GetProperty("whatsapp_id").GetString(), row.GetProperty("content").GetProperty("text").GetString()));
    }

    [Theory]
    [InlineData("/5511988888888", "chat_not_found", HttpStatusCode.NotFound)]
    [InlineData("/nonsense", "chat_not_found", HttpStatusCode.NotFound)]
    [InlineData("?before=x", "invalid_input", HttpStatusCode.BadRequest)]
    [InlineData("?limit=0", "invalid_input", HttpStatusCode.BadRequest)]
    public async Task Get_OfWhatIsNoChat_SaysSo(string path, string code, HttpStatusCode status) =>
        await (await server.Http.AskAsync(Path + path)).ProblemAsync(status, code);

    [Fact]
    public async Task Chats_OfAnotherUsersSession_AreNotThere()
    {
        var path = $"/api/sessions/{Guid.NewGuid()}/chats";

        await (await server.Http.AskAsync(path)).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await server.Http.AskAsync($"{path}/5511900000002")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
        await (await server.Http.PostAsync($"{path}/5511900000002/read")).ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
    }

    private async Task<string> ReceiveAsync(Recado.Simulator.SimulatedPhone from, string text)
    {
        var id = await from.SendTextAsync("5511900000001", text, Ct);
        await server.ReceivedAsync(server.Ana, id);
        return id;
    }

    private async Task<int> UnreadAsync(string chat) =>
        (await (await server.Http.AskAsync($"{Path}/{chat}")).JsonAsync()).GetProperty("chat").GetProperty("unread_count").GetInt32();
}
