using System.Security.Cryptography;
using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;
using Recado.Server.Tests.Media;
using Recado.Simulator;

namespace Recado.Interop.Tests;

/// <summary>Who comes into a group and what it looks like: wishes to join, pictures and files, between our server and two Baileys.</summary>
public sealed class ServerGroupDoorTests(GroupConversation talk) : IClassFixture<GroupConversation>
{
    private string Session => $"/api/sessions/{talk.Talk.Session}";

    [Fact(Timeout = Limits.Test)]
    public async Task JoinRequests_WhenBaileysWantsIn_AreDecidedByAdminsOfBothKinds()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync("At the door", ct);
        await talk.Server.RequestAsync(HttpMethod.Patch, $"{Session}/groups/{group}", new { requiresApproval = true }, ct);
        await ChangeAsync(group, "promote", talk.BenPhone, ct);
        await MemberUpdateAsync(talk.Ben, group, "promote", talk.BenPhone, ct);
        await ChangeAsync(group, "remove", talk.CarlaPhone, ct);
        await MemberUpdateAsync(talk.Carla, group, "remove", talk.CarlaPhone, ct);
        var code = (await talk.Server.RequestAsync(HttpMethod.Get, $"{Session}/groups/{group}/invite", null, ct)).GetProperty("code").GetString();

        await talk.Carla.CallAsync("groupAcceptInvite", ct, code);
        await talk.UpdateAsync(group, "join_requested", ct);
        await talk.Ben.TakeAsync("group.join-request", e => e.GetProperty("data").GetProperty("id").ValueEquals(group), ct);
        var refused = await talk.Ben.CallAsync("groupRequestParticipantsUpdate", ct, group, new[] { talk.CarlaPhone.Lid.ToString() }, "reject");
        await talk.UpdateAsync(group, "join_request_ended", ct);

        await talk.Carla.CallAsync("groupAcceptInvite", ct, code);
        await talk.UpdateAsync(group, "join_requested", ct);
        var waiting = await talk.Server.RequestAsync(HttpMethod.Get, $"{Session}/groups/{group}/requests", null, ct);
        await talk.Server.PostAsync($"{Session}/groups/{group}/requests", new { action = "approve", participants = new[] { talk.CarlaPhone.PhoneNumber } }, ct);
        await MemberUpdateAsync(talk.Ben, group, "add", talk.CarlaPhone, ct);

        JsonPart.Contained("""[{"status": "200"}]""", refused);
        JsonPart.Contained($$"""{"requests": [{"phoneNumber": "{{talk.CarlaPhone.PhoneNumber}}"}]}""", waiting);
        await talk.ServerSaysAsync(group, "Come in.", ct);
        await talk.OtherSaysAsync(talk.Carla, group, "Thanks.", ct);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Picture_WhenTheServerSetsIt_IsTheGroupsForBaileys()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync("Pictured", ct);

        await talk.Server.PutPictureAsync($"{Session}/groups/{group}/picture", SampleFiles.Of("png"), ct);
        await PictureAsync(group, "changed", ct);
        var address = await talk.Ben.CallAsync("profilePictureUrl", ct, group, "image");
        await talk.Server.RequestAsync(HttpMethod.Delete, $"{Session}/groups/{group}/picture", null, ct);
        await PictureAsync(group, "removed", ct);

        Assert.StartsWith("https://", address.GetString(), StringComparison.Ordinal);
        Peace.AssertKept(talk.Talk.Service);
    }

    [Theory(Timeout = Limits.Test)]
    [InlineData("image", "png")]
    [InlineData("document", "pdf")]
    public async Task File_WhenTheServerSendsIt_ReachesAllMembersUnchanged(string kind, string extension)
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await talk.CreateByServerAsync($"With a {kind}", ct);
        var file = SampleFiles.Of(extension);
        var upload = await talk.Server.UploadAsync(talk.Talk.Session, file, ct);

        var body = new Dictionary<string, object> { ["to"] = group, ["type"] = kind, [kind] = new { id = upload } };
        var id = (await talk.Server.PostAsync($"{Session}/messages", body, ct)).GetProperty("messageId").GetString()!;

        foreach (var client in new[] { talk.Ben, talk.Carla })
        {
            Assert.Equal(group, (await client.ReceiveByIdAsync(id, ct)).Chat);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(file)), await client.DownloadAsync(id, ct));
        }

        Peace.AssertKept(talk.Talk.Service);
    }

    private Task PictureAsync(string group, string what, CancellationToken ct) => talk.Ben.TakeAsync(
        "contacts.update",
        e => e.GetProperty("data").EnumerateArray().Any(
            contact => contact.GetProperty("id").ValueEquals(group) && contact.TryGetProperty("imgUrl", out var picture) && picture.ValueEquals(what)),
        ct);

    private async Task ChangeAsync(string group, string action, SimulatedPhone member, CancellationToken ct)
    {
        var answer = await talk.Server.PostAsync($"{Session}/groups/{group}/participants", new { action, participants = new[] { member.PhoneNumber } }, ct);
        JsonPart.Contained("""{"results": [{"success": true}]}""", answer);
    }

    private static Task MemberUpdateAsync(BaileysClient client, string group, string action, SimulatedPhone member, CancellationToken ct) => client.TakeAsync(
        "group-participants.update",
        e => e.GetProperty("data") is var data && data.GetProperty("id").ValueEquals(group) && data.GetProperty("action").ValueEquals(action)
            && data.GetProperty("participants")[0].GetProperty("id").ValueEquals(member.Lid.ToString()),
        ct);
}
