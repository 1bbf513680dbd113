using System.Net;
using System.Text.Json;
using Recado.Protocol.Groups;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Groups;

public sealed class GroupMessageTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private string Path => $"/api/sessions/{server.Ana}/messages";

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Send_ToAGroup_ReachesEveryMemberAndComesBackAsDeliveredAndRead(AddressingMode addressing)
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var group = Create(addressing, carla.PhoneNumber);

        var id = await server.SendAsync(JsonSerializer.Serialize(new { to = group, message = "Hello, all" }));

        var received = (await server.ReceivedAsync(server.Bruno, id)).GetProperty("message");
        Assert.Equal((group, true), (received.GetProperty("chat").GetString(), received.GetProperty("isGroup").GetBoolean()));
        Assert.Equal("Hello, all", received.GetProperty("content").GetProperty("text").GetString());
        Assert.Equal($"{server.AnaPhone.PhoneNumber}@s.whatsapp.net", received.GetProperty("from").GetString());
        await carla.WaitForMessageAsync(message => message.Id == id, Ct);
        await StatusAsync(id, "delivered");

        await carla.ReadAsync([id], Ct);
        await (await server.Http.PostAsync($"/api/sessions/{server.Bruno}/messages/{id}/read")).JsonAsync();
        await StatusAsync(id, "read");
    }

    [Fact]
    public async Task Message_OfAPhone_ArrivesWithGroupAndAuthor()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var group = Create(AddressingMode.Lid, carla.PhoneNumber);

        var id = await carla.SendTextAsync(group, "Hi from Carla", Ct);

        var message = (await server.ReceivedAsync(server.Ana, id)).GetProperty("message");
        Assert.Equal((group, "5511900000003", "Carla"), (message.GetProperty("chat").GetString(), message.GetProperty("phoneNumber").GetString(), message.GetProperty("pushName").GetString()));
    }

    [Fact]
    public async Task ReplyReactionAndDeletion_InAGroup_AreAboutItsMessages()
    {
        var group = Create(AddressingMode.Lid);
        var first = await server.SendAsync(JsonSerializer.Serialize(new { to = group, message = "Who comes?" }));
        await server.ReceivedAsync(server.Bruno, first);

        var reply = (await (await server.Http.PostAsync(
            $"/api/sessions/{server.Bruno}/messages", new { to = group, message = "I do", context = new { messageId = first } })).JsonAsync()).GetProperty("messageId").GetString()!;
        var quoted = (await server.ReceivedAsync(server.Ana, reply)).GetProperty("message").GetProperty("content").GetProperty("context");
        var reaction = (await (await server.Http.PostAsync($"{Path}/{reply}/reactions", new { emoji = "👍" })).JsonAsync()).GetProperty("messageId").GetString()!;
        await server.ReceivedAsync(server.Bruno, reaction);
        await (await server.Http.DeleteAsync($"{Path}/{first}", Ct)).JsonAsync();
        await server.EventAsync("message_deleted", server.Bruno, frame => frame.GetProperty("messageId").GetString() == first);

        Assert.Equal(first, quoted.GetProperty("messageId").GetString());
        Assert.Single((await server.RowContentAsync(server.Bruno, reply)).GetProperty("reactions").EnumerateObject());
        Assert.Equal("deleted", (await server.RowContentAsync(server.Bruno, first)).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Send_ToAGroupOneIsNotIn_SaysSo()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var group = carla.CreateGroup("Without Ana", [server.BrunoPhone.PhoneNumber]).Jid.ToString();

        var answer = await server.Http.PostAsync(Path, new { to = group, message = "Let me in" });

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "group_not_allowed");
    }

    [Fact]
    public async Task Send_ToAnAnnouncementGroupByAMember_SaysSo()
    {
        var group = Create(AddressingMode.Lid);
        server.AnaPhone.ChangeGroup(group, new() { IsAnnouncement = true });

        var answer = await server.Http.PostAsync($"/api/sessions/{server.Bruno}/messages", new { to = group, message = "Me too" });

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "group_not_allowed");
    }

    private string Create(AddressingMode addressing, params string[] others) =>
        server.AnaPhone.CreateGroup("The team", [server.BrunoPhone.PhoneNumber, .. others], addressing).Jid.ToString();

    private Task StatusAsync(string id, string status) => server.EventAsync(
        "message_status", server.Ana, frame => frame.GetProperty("messageId").GetString() == id && frame.GetProperty("status").GetString() == status);
}
