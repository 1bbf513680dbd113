using System.Net;
using System.Text.Json;
using Recado.Protocol;
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

    [Theory]
    [InlineData(AddressingMode.Lid)]
    [InlineData(AddressingMode.PhoneNumber)]
    public async Task Message_DeletedByAnAdmin_IsGoneWhoeverWroteIt(AddressingMode addressing)
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        var group = carla.CreateGroup("Carla decides", [server.AnaPhone.PhoneNumber, server.BrunoPhone.PhoneNumber], addressing).Jid.ToString();
        var own = await server.SendAsync(JsonSerializer.Serialize(new { to = group, message = "Mine" }));
        var others = await server.BrunoPhone.SendTextAsync(group, "Bruno's", Ct);
        await server.ReceivedAsync(server.Ana, others);

        await carla.SendMessageAsync(group, Deletion(group, own, server.AnaPhone.Lid), Ct);
        await carla.SendMessageAsync(group, Deletion(group, others, server.BrunoPhone.Lid), Ct);

        foreach (var id in new[] { own, others })
        {
            var told = await server.EventAsync("message_deleted", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id));
            Assert.True(told.GetProperty("message").GetProperty("content").GetProperty("byAdmin").GetBoolean());
            Assert.Equal("deleted", (await server.RowContentAsync(server.Ana, id)).GetProperty("type").GetString());
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_DeletedByAMemberWhoIsNoAdmin_Stays(bool isSaidToBeOwn)
    {
        var group = Create(AddressingMode.Lid);
        var id = await server.SendAsync(JsonSerializer.Serialize(new { to = group, message = "Still here" }));
        await server.ReceivedAsync(server.Bruno, id);

        await server.BrunoPhone.SendUnmarkedAsync(group, Deletion(group, id, isSaidToBeOwn ? null : server.AnaPhone.Lid), Ct);
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendTextAsync(group, "Done?", Ct));

        Assert.Equal("Still here", (await server.RowContentAsync(server.Ana, id)).GetProperty("text").GetString());
        Assert.False(server.HasEvent("message_deleted", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id)));
    }

    [Fact]
    public async Task Message_DeletedByTheOtherSideOfAChatOfTwo_Stays()
    {
        var id = await server.SendTextAsync("Not yours to delete");
        await server.ReceivedAsync(server.Bruno, id);

        await server.BrunoPhone.SendMessageAsync(server.AnaPhone.PhoneNumber, Deletion(server.AnaPhone.Lid.ToString(), id, server.AnaPhone.Lid), Ct);
        await server.ReceivedAsync(server.Ana, await server.BrunoPhone.SendTextAsync(server.AnaPhone.PhoneNumber, "Done?", Ct));

        Assert.Equal("text", (await server.RowContentAsync(server.Ana, id)).GetProperty("type").GetString());
        Assert.False(server.HasEvent("message_deleted", server.Ana, frame => frame.GetProperty("messageId").ValueEquals(id)));
    }

    [Fact]
    public async Task Delete_OfAnothersMessageByAMember_SaysThatItTakesAnAdmin()
    {
        var group = Create(AddressingMode.Lid);
        var id = await server.AnaPhone.SendTextAsync(group, "Ana's", Ct);
        await server.ReceivedAsync(server.Bruno, id);

        var answer = await server.Http.DeleteAsync($"/api/sessions/{server.Bruno}/messages/{id}", Ct);

        await answer.ProblemAsync(HttpStatusCode.Forbidden, "group_admin_required");
        Assert.Equal("text", (await server.RowContentAsync(server.Bruno, id)).GetProperty("type").GetString());
    }

    /// <param name="author">Whose message it is; null for the deleter's own.</param>
    private static string Deletion(string chat, string id, Jid? author) => JsonSerializer.Serialize(new
    {
        protocolMessage = new { type = "REVOKE", key = new { remoteJid = chat, fromMe = author is null, id, participant = author?.ToString() } },
    });

    private string Create(AddressingMode addressing, params string[] others) =>
        server.AnaPhone.CreateGroup("The team", [server.BrunoPhone.PhoneNumber, .. others], addressing).Jid.ToString();

    private Task StatusAsync(string id, string status) => server.EventAsync(
        "message_status", server.Ana, frame => frame.GetProperty("messageId").GetString() == id && frame.GetProperty("status").GetString() == status);
}
