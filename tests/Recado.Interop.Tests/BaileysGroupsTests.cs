using System.Text.Json;
using Recado.Interop.Tests.Harness;
using Recado.Interop.Tests.Kinds;
using Recado.Simulator;

namespace Recado.Interop.Tests;

/// <summary>
/// Groups and status messages of two real clients and a simulated phone: what the simulator must get right before our client is measured
/// by it.
/// </summary>
public sealed class BaileysGroupsTests(BaileysPair pair) : IClassFixture<BaileysPair>
{
    [Fact(Timeout = Limits.Test)]
    public async Task Group_WhenMade_IsTheSameToAllMembers()
    {
        var ct = TestContext.Current.CancellationToken;

        var group = await CreateAsync("Picnic", ct);

        var (ours, theirs) = (await pair.Ana.CallAsync("groupMetadata", ct, group), await pair.Ben.CallAsync("groupMetadata", ct, group));
        Assert.True(JsonElement.DeepEquals(ours, theirs), $"{ours}\n{theirs}");
        JsonPart.Contained($$"""{"id": "{{group}}", "subject": "Picnic", "size": 3, "addressingMode": "lid"}""", ours);
        Assert.Equal(
            Members(("superadmin", pair.AnaPhone), (null, pair.BenPhone), (null, pair.CarlaPhone)),
            Members(ours));
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Group_WhenChanged_TellsItsMembers()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Before", ct);

        await pair.Ana.CallAsync("groupUpdateSubject", ct, group, "After");
        await GroupUpdateAsync(group, """{"subject": "After"}""", ct);
        await pair.Ana.CallAsync("groupUpdateDescription", ct, group, "Bring cake");
        await GroupUpdateAsync(group, """{"desc": "Bring cake"}""", ct);
        await pair.Ana.CallAsync("groupUpdateDescription", ct, group, "Bring more cake");
        await GroupUpdateAsync(group, """{"desc": "Bring more cake"}""", ct);
        await pair.Ana.CallAsync("groupSettingUpdate", ct, group, "announcement");
        await GroupUpdateAsync(group, """{"announce": true}""", ct);
        await pair.Ana.CallAsync("groupSettingUpdate", ct, group, "locked");
        await GroupUpdateAsync(group, """{"restrict": true}""", ct);
        await pair.Ana.CallAsync("groupMemberAddMode", ct, group, "admin_add");
        await GroupUpdateAsync(group, """{"memberAddMode": false}""", ct);
        await pair.Ana.CallAsync("groupToggleEphemeral", ct, group, 86_400);

        var seen = await pair.Ben.CallAsync("groupMetadata", ct, group);
        JsonPart.Contained(
            """{"subject": "After", "desc": "Bring more cake", "announce": true, "restrict": true, "memberAddMode": false, "ephemeralDuration": 86400}""",
            seen);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Members_WhenTheyChange_AreTold()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Members", ct);
        var carla = pair.CarlaPhone.Jid.ToString();

        await UpdateAsync(group, carla, "promote", ct);
        await MemberUpdateAsync(pair.Ben, group, "promote", pair.CarlaPhone, ct);
        await UpdateAsync(group, carla, "demote", ct);
        await MemberUpdateAsync(pair.Ben, group, "demote", pair.CarlaPhone, ct);
        await UpdateAsync(group, carla, "remove", ct);
        await MemberUpdateAsync(pair.Ben, group, "remove", pair.CarlaPhone, ct);
        await UpdateAsync(group, carla, "add", ct);
        await MemberUpdateAsync(pair.Ben, group, "add", pair.CarlaPhone, ct);
        await pair.Ben.CallAsync("groupLeave", ct, group);
        await MemberUpdateAsync(pair.Ana, group, "remove", pair.BenPhone, ct);

        var seen = await pair.Ana.CallAsync("groupMetadata", ct, group);
        Assert.Equal(Members(("superadmin", pair.AnaPhone), (null, pair.CarlaPhone)), Members(seen));
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Invitation_WhenAccepted_AddsTheMember()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Invited", ct);
        await UpdateAsync(group, pair.BenPhone.Jid.ToString(), "remove", ct);
        await MemberUpdateAsync(pair.Ben, group, "remove", pair.BenPhone, ct);

        var code = await pair.Ana.CallAsync("groupInviteCode", ct, group);
        var preview = await pair.Ben.CallAsync("groupGetInviteInfo", ct, code);
        var joined = await pair.Ben.CallAsync("groupAcceptInvite", ct, code);

        JsonPart.Contained($$"""{"id": "{{group}}", "subject": "Invited"}""", preview);
        Assert.Equal(group, joined.GetString());
        await MemberUpdateAsync(pair.Ana, group, "add", pair.BenPhone, ct);
        await TextAsync(pair.Ana, pair.Ben, group, "welcome back", ct);
        Assert.NotEqual(code.GetString(), (await pair.Ana.CallAsync("groupRevokeInvite", ct, group)).GetString());
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Messages_WhenSentByAnyMember_ReachAllOthers()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Talk", ct);

        var question = await TextAsync(pair.Ana, pair.Ben, group, "Who comes?", ct);
        await TextAsync(pair.Ben, pair.Ana, group, "I do.", ct);
        await TextAsync(pair.Ana, pair.Ben, group, "Good.", ct); // sender keys are known by now
        await pair.Ben.CallAsync("readMessages", ct, (object)new[] { BaileysArgument.Key(question) });
        await ReceiptAsync(question, "readTimestamp", ct);
        var reaction = await pair.Ben.SendAsync(group, new { react = new { text = "👍", key = BaileysArgument.Key(question) } }, ct);
        await pair.Ana.TakeAboutAsync("reaction", question, ct);
        using var file = new SampleFile();
        var image = await pair.Ben.SendAsync(
            group, new { image = new Dictionary<string, string> { ["$file"] = file.Path }, jpegThumbnail = "/9j/2wA=" }, ct);
        await pair.Ana.ReceiveByIdAsync(image, ct);
        Assert.Equal(file.Sha256, await pair.Ana.DownloadAsync(image, ct));
        var deletion = await pair.Ana.SendAsync(group, new { delete = BaileysArgument.Key(image) }, ct);
        await pair.Ben.TakeAboutAsync("deleted", image, ct);

        foreach (var id in new[] { question, reaction, image, deletion })
        {
            await pair.CarlaPhone.WaitForMessageAsync(m => m.Id == id, ct);
        }

        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Vote_WhenGivenInAGroup_IsDecryptedByItsPoll()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Votes", ct);
        var poll = await pair.Ana.SendAsync(group, new { poll = new { name = "Lunch?", values = new[] { "Yes", "No" }, selectableCount = 1 } }, ct);
        await pair.Ben.ReceiveByIdAsync(poll, ct);

        var id = await pair.Ben.VoteAsync(poll, ["No"], ct);

        JsonPart.Contained($$"""{"pollId": "{{poll}}", "options": ["No"]}""", await pair.Ana.TakeAboutAsync("vote", id, ct));
        await pair.CarlaPhone.WaitForMessageAsync(m => m.Id == id && m.Kind == "poll_vote" && m.Text == "No", ct);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenTheReceiverLostItsSenderKeys_ArrivesOnRetry()
    {
        var ct = TestContext.Current.CancellationToken;
        var group = await CreateAsync("Lost", ct);
        await TextAsync(pair.Ana, pair.Ben, group, "first", ct);

        await pair.Ben.ForgetAsync("sender-key", ct);
        var id = await pair.Ana.SendTextAsync(group, "second", ct);

        await pair.Ben.UndecryptableAsync(id, ct);
        await pair.Ben.ReceiveByIdAsync(id, ct);
        await TextAsync(pair.Ana, pair.Ben, group, "third", ct);
        Peace.AssertKept(pair.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Status_WhenPosted_ReachesTheChosenContacts()
    {
        var ct = TestContext.Current.CancellationToken;
        string[] audience = [pair.BenPhone.Jid.ToString(), pair.AnaPhone.Jid.ToString()];

        var id = await pair.Ana.SendAsync("status@broadcast", new { text = "On the road" }, ct, new { statusJidList = audience });

        var seen = await pair.Ben.ReceiveByIdAsync(id, ct);
        Assert.Equal("status@broadcast", seen.Chat);
        Assert.NotNull(seen.Participant);
        await pair.BenPhone.WaitForMessageAsync(m => m.Id == id, ct);
        Peace.AssertKept(pair.Service);
    }

    /// <summary>A group of Ana with Ben and Carla, of which Ben's client knows.</summary>
    private async Task<string> CreateAsync(string subject, CancellationToken ct)
    {
        string[] members = [pair.BenPhone.Jid.ToString(), pair.CarlaPhone.Jid.ToString()];
        var group = (await pair.Ana.CallAsync("groupCreate", ct, subject, members)).GetProperty("id").GetString()!;
        await pair.Ben.TakeAsync("groups.upsert", e => e.GetProperty("data")[0].GetProperty("id").ValueEquals(group), ct);
        return group;
    }

    private async Task UpdateAsync(string group, string member, string action, CancellationToken ct)
    {
        var answer = await pair.Ana.CallAsync("groupParticipantsUpdate", ct, group, new[] { member }, action);
        JsonPart.Contained("""[{"status": "200"}]""", answer);
    }

    private async Task<string> TextAsync(BaileysClient from, BaileysClient to, string group, string text, CancellationToken ct)
    {
        var id = await from.SendTextAsync(group, text, ct);
        var seen = await to.ReceiveByIdAsync(id, ct);
        Assert.Equal((group, false), (seen.Chat, seen.FromMe));
        var sender = from == pair.Ana ? pair.AnaPhone : pair.BenPhone;
        Assert.Equal(sender.Lid.ToString(), seen.Participant);
        await pair.CarlaPhone.WaitForMessageAsync(m => m.Id == id && m.Text == text, ct);
        return id;
    }

    private async Task GroupUpdateAsync(string group, string change, CancellationToken ct)
    {
        var name = JsonElement.Parse(change).EnumerateObject().Single().Name;
        var e = await pair.Ben.TakeAsync(
            "groups.update",
            e => e.GetProperty("data")[0] is var update && update.GetProperty("id").ValueEquals(group) && update.TryGetProperty(name, out _), ct);
        JsonPart.Contained(change, e.GetProperty("data")[0]);
    }

    private static Task MemberUpdateAsync(BaileysClient client, string group, string action, SimulatedPhone member, CancellationToken ct) =>
        client.TakeAsync(
            "group-participants.update",
            e => e.GetProperty("data") is var data && data.GetProperty("id").ValueEquals(group) && data.GetProperty("action").ValueEquals(action)
                && data.GetProperty("participants")[0].GetProperty("id").ValueEquals(member.Lid.ToString()),
            ct);

    private Task ReceiptAsync(string messageId, string kind, CancellationToken ct) => pair.Ana.TakeAsync(
        "message-receipt.update",
        e => e.GetProperty("data").EnumerateArray().Any(
            r => r.GetProperty("key").GetProperty("id").ValueEquals(messageId) && r.GetProperty("receipt").TryGetProperty(kind, out _)),
        ct);

    private static IEnumerable<string> Members(params (string? Role, SimulatedPhone Phone)[] members) =>
        members.Select(m => $"{m.Phone.Lid} {m.Phone.Jid} {m.Role}").Order(StringComparer.Ordinal);

    private static IEnumerable<string> Members(JsonElement metadata) => metadata.GetProperty("participants").EnumerateArray()
        .Select(p => $"{p.GetProperty("id")} {p.GetProperty("phoneNumber")} {p.GetProperty("admin")}").Order(StringComparer.Ordinal);
}
