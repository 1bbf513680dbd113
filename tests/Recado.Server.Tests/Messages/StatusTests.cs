using System.Text.Json;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Messages;

/// <summary>Status updates of contacts.</summary>
public sealed class StatusTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}";

    [Fact]
    public async Task Status_OfAContact_IsNoChatUnlessAskedFor()
    {
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendTextAsync(server.AnaPhone.PhoneNumber, "we know each other", Ct));
        var id = await server.BrunoPhone.PostStatusAsync("On the road", Ct);

        var message = (await server.ReceivedAsync(server.Ana, id)).GetProperty("message");

        Assert.Equal((true, false, "status@broadcast"), (message.GetProperty("isStatus").GetBoolean(), message.GetProperty("isGroup").GetBoolean(), Text(message, "chat")));
        Assert.Equal((server.BrunoPhone.PhoneNumber, "Bruno"), (Text(message, "phoneNumber"), Text(message, "pushName")));
        Assert.DoesNotContain(await ChatsAsync(""), chat => Text(chat, "chat") == "status@broadcast");
        var feed = (await ChatsAsync("&status=true")).Single(chat => Text(chat, "chat") == "status@broadcast");
        Assert.Equal((null, false, 1), (Text(feed, "name"), feed.GetProperty("is_group").GetBoolean(), feed.GetProperty("unread_count").GetInt32()));
        var rows = (await (await server.Http.AskAsync($"{Path}/messages?chat=status@broadcast")).JsonAsync()).GetProperty("messages");
        Assert.Equal((id, server.BrunoPhone.PhoneNumber), (Text(rows[0], "whatsapp_id"), Text(rows[0], "phone_number")));
    }

    [Fact]
    public async Task Read_OfAStatus_TellsItsAuthor()
    {
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendTextAsync(server.AnaPhone.PhoneNumber, "still friends", Ct));
        var id = await server.BrunoPhone.PostStatusAsync("At the beach", Ct);
        await server.ReceivedAsync(server.Ana, id);

        await (await server.Http.PostAsync($"{Path}/messages/{id}/read")).JsonAsync();

        await server.BrunoPhone.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "read", Ct);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private async Task<List<JsonElement>> ChatsAsync(string query) =>
        [.. (await (await server.Http.AskAsync($"{Path}/chats?limit=200{query}")).JsonAsync()).GetProperty("chats").EnumerateArray()];
}
