using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;
using Recado.Protocol.Binary;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests;

/// <summary>The life of groups of three, of which one is our server and two are Baileys.</summary>
public sealed class ServerGroupsTests(GroupConversation talk) : IClassFixture<GroupConversation>
{
    private string Groups => $"/api/sessions/{talk.Talk.Session}/groups";

    [Fact(Timeout = Limits.Test)]
    public async Task Group_WhenTheServerMakesIt_LivesWithAllMembers()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync("Ours", ct);

        var question = await talk.ServerSaysAsync(group, "Who comes?", ct);
        await talk.OtherSaysAsync(talk.Ben, group, "I do.", ct);
        await talk.OtherSaysAsync(talk.Carla, group, "Me too.", ct);
        await talk.ServerSaysAsync(group, "Good.", ct); // every sender key is known by now
        await ReadAsync(talk.Ben, question, ct);
        await ReadAsync(talk.Carla, question, ct);
        await talk.AnaPhone.WaitForReceiptAsync(r => r.MessageId == question && r.Type == "read", ct);
        await talk.Server.StatusAsync(talk.Talk.Session, question, "read", ct);

        await talk.Server.RequestAsync(HttpMethod.Patch, $"{Groups}/{group}", new { subject = "Ours 2", isAnnouncement = true }, ct);
        await GroupUpdateAsync(talk.Ben, group, "subject", "Ours 2", ct);
        await ChangeAsync(group, "promote", talk.BenPhone, ct);
        await MemberUpdateAsync(talk.Carla, group, "promote", talk.BenPhone, ct);
        await talk.OtherSaysAsync(talk.Ben, group, "An admin may speak.", ct);
        await ChangeAsync(group, "demote", talk.BenPhone, ct);
        await MemberUpdateAsync(talk.Carla, group, "demote", talk.BenPhone, ct);
        await talk.Server.RequestAsync(HttpMethod.Patch, $"{Groups}/{group}", new { isAnnouncement = false }, ct);

        await ChangeAsync(group, "remove", talk.CarlaPhone, ct);
        await MemberUpdateAsync(talk.Carla, group, "remove", talk.CarlaPhone, ct);
        var unseen = await talk.Server.SendTextAsync(talk.Talk.Session, group, "Between us", ct);
        await talk.Ben.ReceiveByIdAsync(unseen, ct);
        await ChangeAsync(group, "add", talk.CarlaPhone, ct);
        await MemberUpdateAsync(talk.Ben, group, "add", talk.CarlaPhone, ct);
        await talk.ServerSaysAsync(group, "Welcome back.", ct);
        await talk.OtherSaysAsync(talk.Carla, group, "Thanks.", ct);

        await talk.Server.PostAsync($"{Groups}/{group}/leave", new { }, ct);
        await MemberUpdateAsync(talk.Ben, group, "remove", talk.AnaPhone, ct);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Group_WhenBaileysMakesIt_LivesWithTheServerInIt()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByBenAsync("Theirs", ct);

        await talk.OtherSaysAsync(talk.Ben, group, "Welcome.", ct);
        await talk.ServerSaysAsync(group, "Thanks.", ct);
        await talk.OtherSaysAsync(talk.Carla, group, "Hello.", ct);
        await talk.Ben.CallAsync("groupUpdateSubject", ct, group, "Theirs 2");
        Assert.Equal("Theirs 2", (await talk.UpdateAsync(group, "subject", ct)).GetProperty("subject").GetString());
        await talk.Ben.CallAsync("groupUpdateDescription", ct, group, "All about us");
        Assert.Equal("All about us", (await talk.UpdateAsync(group, "description", ct)).GetProperty("description").GetString());
        await talk.Ben.CallAsync("groupSettingUpdate", ct, group, "locked");
        Assert.True((await talk.UpdateAsync(group, "locked", ct)).GetProperty("isLocked").GetBoolean());
        await ChangeByBenAsync(group, talk.AnaPhone, "promote", ct);
        MemberIs(talk.AnaPhone, await talk.UpdateAsync(group, "participants_promoted", ct));

        await ChangeByBenAsync(group, talk.CarlaPhone, "remove", ct);
        MemberIs(talk.CarlaPhone, await talk.UpdateAsync(group, "participants_removed", ct));
        var unseen = await talk.Server.SendTextAsync(talk.Talk.Session, group, "Between us", ct);
        await talk.Ben.ReceiveByIdAsync(unseen, ct);
        var invite = await talk.Server.RequestAsync(HttpMethod.Get, $"{Groups}/{group}/invite", null, ct);
        await talk.Carla.CallAsync("groupAcceptInvite", ct, invite.GetProperty("code").GetString());
        MemberIs(talk.CarlaPhone, await talk.UpdateAsync(group, "participants_added", ct));
        await talk.ServerSaysAsync(group, "Welcome back.", ct);
        await talk.Carla.CallAsync("groupLeave", ct, group);
        MemberIs(talk.CarlaPhone, await talk.UpdateAsync(group, "participants_removed", ct));

        await ChangeByBenAsync(group, talk.AnaPhone, "remove", ct);
        MemberIs(talk.AnaPhone, await talk.UpdateAsync(group, "participants_removed", ct));
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Kinds_WhenSentInAGroup_ArriveBothWays()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync("Kinds", ct);
        var ours = await talk.ServerSaysAsync(group, "ours", ct);
        var theirs = await talk.OtherSaysAsync(talk.Ben, group, "theirs", ct);
        using var file = new SampleFile();

        var image = await talk.Ben.SendAsync(group, new { image = new Dictionary<string, string> { ["$file"] = file.Path }, jpegThumbnail = "/9j/2wA=" }, ct);
        Assert.Equal(file.Sha256, await talk.Server.DownloadAsync(talk.Talk.Session, image, ct));
        var reaction = await talk.Ben.SendAsync(group, new { react = new { text = "👍", key = BaileysArgument.Key(ours) } }, ct);
        await ContentAsync(reaction, $$$"""{"type": "reaction", "emoji": "👍", "target": {"messageId": "{{{ours}}}"}}""", ct);
        await SendAsync(group, $$$"""{"type": "reaction", "reaction": {"messageId": "{{{theirs}}}", "emoji": "🎉"}}""", ct);
        await talk.Ben.TakeAboutAsync("reaction", theirs, ct);
        await talk.Carla.TakeAboutAsync("reaction", theirs, ct);
        var reply = await SendAsync(group, $$$"""{"type": "text", "text": {"body": "a reply"}, "context": {"messageId": "{{{theirs}}}"}}""", ct);
        JsonPart.Contained(
            $$$$"""{"extendedTextMessage": {"contextInfo": {"stanzaId": "{{{{theirs}}}}", "participant": "{{{{talk.BenPhone.Lid}}}}"}}}""",
            (await talk.Carla.ReceiveByIdAsync(reply, ct)).Content);

        var poll = await SendAsync(group, """{"type": "poll", "poll": {"question": "Lunch?", "options": ["Yes", "No"]}}""", ct);
        await talk.Ben.ReceiveByIdAsync(poll, ct);
        var vote = await talk.Ben.VoteAsync(poll, ["No"], ct);
        await ContentAsync(vote, $$$"""{"type": "poll_vote", "target": {"messageId": "{{{poll}}}"}, "options": ["No"]}""", ct);
        var theirPoll = await talk.Ben.SendAsync(group, new { poll = new { name = "When?", values = new[] { "Now", "Later" } } }, ct);
        await ContentAsync(theirPoll, """{"type": "poll", "question": "When?"}""", ct);
        await talk.Carla.ReceiveByIdAsync(theirPoll, ct);
        var ourVote = await SendAsync(group, $$$"""{"type": "poll_vote", "poll_vote": {"messageId": "{{{theirPoll}}}", "options": ["Later"]}}""", ct);
        JsonPart.Contained("""{"options": ["Later"]}""", await talk.Ben.TakeAboutAsync("vote", ourVote, ct));
        JsonPart.Contained("""{"options": ["Later"]}""", await talk.Carla.TakeAboutAsync("vote", ourVote, ct));

        await talk.Server.RequestAsync(HttpMethod.Patch, $"/api/sessions/{talk.Talk.Session}/messages/{ours}", new { text = new { body = "better" } }, ct);
        await talk.Carla.TakeAboutAsync("edited", ours, ct);
        await talk.Server.RequestAsync(HttpMethod.Delete, $"/api/sessions/{talk.Talk.Session}/messages/{ours}", null, ct);
        await talk.Ben.TakeAboutAsync("deleted", ours, ct);
        var deletion = await talk.Ben.SendAsync(group, new { delete = BaileysArgument.Key(theirs) }, ct);
        await talk.Server.MessageAsync(talk.Talk.Session, "message_deleted", deletion, ct);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenBaileysLostItsSenderKeys_IsSentAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync("Lost there", ct);
        await talk.ServerSaysAsync(group, "before the loss", ct);

        await talk.Ben.ForgetAsync("sender-key", ct);
        var id = await talk.Server.SendTextAsync(talk.Talk.Session, group, "after the loss", ct);

        await talk.Ben.UndecryptableAsync(id, ct);
        await talk.Ben.ReceiveByIdAsync(id, ct);
        await talk.ServerSaysAsync(group, "and all is well", ct);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenTheServerLostItsSenderKeys_IsAskedForAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByBenAsync("Lost here", ct);
        await talk.OtherSaysAsync(talk.Ben, group, "before the loss", ct);
        await talk.Talk.StopServerAsync();
        await talk.Talk.DeleteServerRecordsAsync("sender_key", ct);
        await talk.Talk.StartServerAsync(ct);

        var id = await talk.Ben.SendTextAsync(group, "after the loss", ct);

        await talk.Talk.Service.Trace.WaitForAsync(e => IsOurRetry(e, id), ct);
        await talk.ServerSeesAsync(group, id, "after the loss", talk.BenPhone, ct);
        await talk.OtherSaysAsync(talk.Ben, group, "and all is well", ct);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Status_WhenBaileysPostsIt_IsReceived()
    {
        var ct = TestContext.Current.CancellationToken;
        string[] audience = [talk.AnaPhone.Jid.ToString()];

        var id = await talk.Ben.SendAsync("status@broadcast", new { text = "On the road" }, ct, new { statusJidList = audience });

        var seen = await talk.Server.MessageAsync(talk.Talk.Session, "message_received", id, ct);
        JsonPart.Contained(
            $$$"""{"chat": "status@broadcast", "phoneNumber": "{{{talk.BenPhone.PhoneNumber}}}", "content": {"type": "text", "text": "On the road"}}""", seen);
        Peace.AssertKept(talk.Talk.Service);
    }

    private bool IsOurRetry(TraceEntry entry, string messageId) =>
        entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: { Tag: "receipt" } receipt } && receipt["id"] == messageId && receipt["type"] == "retry"
            && entry.Connection.StartsWith(talk.AnaPhone.PhoneNumber, StringComparison.Ordinal);

    private async Task<string> SendAsync(string group, string request, CancellationToken ct)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(request)!;
        body["to"] = group;
        return (await talk.Server.PostAsync($"/api/sessions/{talk.Talk.Session}/messages", body, ct)).GetProperty("messageId").GetString()!;
    }

    private async Task ContentAsync(string messageId, string expected, CancellationToken ct)
    {
        var message = await talk.Server.MessageAsync(talk.Talk.Session, "message_received", messageId, ct);
        JsonPart.Contained(expected, message.GetProperty("content"));
    }

    private async Task ChangeAsync(string group, string action, SimulatedPhone member, CancellationToken ct)
    {
        var answer = await talk.Server.PostAsync($"{Groups}/{group}/participants", new { action, participants = new[] { member.PhoneNumber } }, ct);
        JsonPart.Contained("""{"results": [{"success": true}]}""", answer);
    }

    private async Task ChangeByBenAsync(string group, SimulatedPhone member, string action, CancellationToken ct) =>
        JsonPart.Contained(
            """[{"status": "200"}]""", await talk.Ben.CallAsync("groupParticipantsUpdate", ct, group, new[] { member.Jid.ToString() }, action));

    private static Task ReadAsync(BaileysClient client, string messageId, CancellationToken ct) =>
        client.CallAsync("readMessages", ct, (object)new[] { BaileysArgument.Key(messageId) });

    private static void MemberIs(SimulatedPhone member, JsonElement change)
    {
        JsonPart.Contained($$"""{"participants": [{"phoneNumber": "{{member.PhoneNumber}}"}]}""", change);
    }

    private static Task GroupUpdateAsync(BaileysClient client, string group, string field, string value, CancellationToken ct) => client.TakeAsync(
        "groups.update",
        e => e.GetProperty("data")[0] is var update && update.GetProperty("id").ValueEquals(group)
            && update.TryGetProperty(field, out var changed) && changed.ValueEquals(value),
        ct);

    private static Task MemberUpdateAsync(BaileysClient client, string group, string action, SimulatedPhone member, CancellationToken ct) => client.TakeAsync(
        "group-participants.update",
        e => e.GetProperty("data") is var data && data.GetProperty("id").ValueEquals(group) && data.GetProperty("action").ValueEquals(action)
            && data.GetProperty("participants")[0].GetProperty("id").ValueEquals(member.Lid.ToString()),
        ct);
}
