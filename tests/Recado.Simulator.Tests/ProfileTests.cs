using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;
using Recado.Simulator.Accounts;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class ProfileTests : ServiceTest
{
    [Fact]
    public async Task Picture_WhenSet_IsServedAndAnnounced()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        await MeetAsync();
        var jpeg = Jpeg.OfSize(640, 640);

        var set = await AskAsync(client, id => UserRequests.SetPicture(id, jpeg));
        var notice = await other.Connection.ReceiveAsync(n => n["type"] == "picture");
        var picture = UserRequests.ParsePicture(await AskAsync(other, id => UserRequests.Picture(id, Ana.Lid, isPreview: false)))!;
        var again = await AskAsync(other, id => UserRequests.Picture(id, Ana.Lid, isPreview: false, knownId: picture.Id));

        Assert.Equal(set.RequiredChild("picture")["id"], picture.Id);
        Assert.Equal(picture.Id, notice.RequiredChild("set")["id"]);
        Assert.Equal(jpeg, await DownloadAsync(picture.Url));
        Assert.Null(again.Child("picture"));
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Picture_WhenRemoved_IsNotFound()
    {
        await using var client = await ClientOfAsync(Ana);
        Ana.SetPicture(Jpeg.OfSize(96, 96));
        await client.Connection.ReceiveAsync(n => n["type"] == "picture");

        await AskAsync(client, id => UserRequests.RemovePicture(id));
        var answer = await AskAsync(client, id => UserRequests.Picture(id, Ana.Jid, isPreview: true));

        Assert.Equal("404", answer.RequiredChild("error")["code"]);
        Assert.Null(Ana.Picture);
    }

    [Theory]
    [InlineData(640, 480)]
    [InlineData(1280, 1280)]
    [InlineData(10, 10)]
    public async Task Picture_OfAnotherShape_IsNotAccepted(ushort width, ushort height)
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await AskAsync(client, id => UserRequests.SetPicture(id, Jpeg.OfSize(width, height)));

        Assert.Equal("406", answer.RequiredChild("error")["code"]);
    }

    [Fact]
    public async Task Picture_ForContacts_NeedsATokenOfAStranger()
    {
        await using var client = await ClientOfAsync(Ana);
        Bia.SetPicture(Jpeg.OfSize(96, 96));
        Bia.SetPrivacy("profile", "contacts");

        var hidden = await AskAsync(client, id => UserRequests.Picture(id, Bia.Lid, isPreview: true));
        Bia.Trust(Ana.PhoneNumber);
        var token = (await client.Connection.ReceiveAsync(n => n["type"] == "privacy_token")).RequiredChild("tokens").RequiredChild("token");
        var shown = await AskAsync(client, id => UserRequests.Picture(
            id, Bia.Lid, isPreview: true, new(token.Bytes.ToArray(), DateTimeOffset.FromUnixTimeSeconds(token.NumberOf("t")!.Value))));

        Assert.Equal("401", hidden.RequiredChild("error")["code"]);
        Assert.NotNull(shown.Child("picture"));
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Picture_WithItsTokenBesideIt_GetsNoAnswer()
    {
        await using var client = await ClientOfAsync(Ana);

        await client.Connection.SendAsync(new Node(
            "iq", [("id", "P1"), ("to", Jid.Service), ("type", "get"), ("xmlns", "w:profile:picture"), ("target", Bia.Lid)],
            [new Node("picture", [("type", "image"), ("query", "url")]), Node.Of("tctoken", "x"u8.ToArray())]));
        await client.Connection.RequestAsync("get", "w:p");

        Assert.Single(Service.Trace.Violations);
        Assert.DoesNotContain(Service.Trace.Entries, e => e is Trace.StanzaEntry { Direction: Trace.TraceDirection.ToClient } s && s.Node["id"] == "P1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task About_WhenSet_IsToldToContacts(bool byGraph)
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        await MeetAsync();

        var answer = await AskAsync(client, id => byGraph
            ? GraphQuery.Request(id, GraphQuery.UpdateAbout, """{"input":{"text":"Busy"}}""")
            : UserRequests.SetAbout(id, "Busy"));
        var notice = await other.Connection.ReceiveAsync(n => n["type"] == "status");
        var seen = await AboutAsync(other);

        Assert.Equal("result", answer["type"]);
        Assert.Equal(("Busy", "Busy"), (notice.RequiredChild("set").Text, seen.Text));
        Assert.Equal("Busy", Ana.About);
    }

    [Fact]
    public async Task About_WhenHidden_SaysSo()
    {
        await using var other = await ClientOfAsync(Bia);
        Ana.SetAbout("secret");
        Ana.SetPrivacy("status", "none");

        Assert.True((await AboutAsync(other)).IsHidden);
    }

    [Fact]
    public async Task Business_WhenAsked_SaysWhatItSaysAboutItself()
    {
        await using var client = await ClientOfAsync(Ana);
        Bia.SetBusiness(new BusinessCard("Bia's", "Rua 1", "Flowers", "bia@example.com", "https://bia.example", "Florist"));

        var profile = BusinessProfile.Parse(await AskAsync(client, id => UserRequests.BusinessProfile(id, Bia.Lid)))!;
        var user = UserQuery.Parse(await AskAsync(client, id => UserQuery.OfPhoneNumbers(id, "1", [Bia.PhoneNumber], UserFacts.Business))).Single();

        Assert.Equal(("Rua 1", "Flowers", "bia@example.com"), (profile.Address, profile.Description, profile.Email));
        Assert.Equal(["https://bia.example"], profile.Websites);
        Assert.Equal(["Florist"], profile.Categories);
        Assert.Equal("Bia's", VerifiedName.Read(user.VerifiedName));
    }

    [Fact]
    public async Task Block_WhenSet_IsListedAndKeepsMessagesAway()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var second = await ClientOfAsync(Ana);

        var list = UserRequests.ParseBlockList(await AskAsync(client, id => UserRequests.Block(id, Bia.Lid, Bia.Jid)));
        var notice = await second.Connection.ReceiveAsync(n => n.Child("blocklist") is not null);
        await Bia.SendTextAsync(Ana.PhoneNumber, "do you hear me", Ct);
        var unblocked = UserRequests.ParseBlockList(await AskAsync(client, id => UserRequests.Unblock(id, Bia.Lid)));

        Assert.Equal([Bia.Lid], list.Users);
        Assert.Equal(list.Hash, notice.RequiredChild("blocklist")["dhash"]);
        Assert.Empty(unblocked.Users!);
        Assert.Empty(Ana.Inbox);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Block_ByPhoneNumberAlone_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await AskAsync(client, id => UserRequests.Unblock(id, Bia.Jid));

        Assert.Equal("400", answer.RequiredChild("error")["code"]);
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Privacy_WhenChanged_IsToldToOtherCompanions()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var second = await ClientOfAsync(Ana);

        await AskAsync(client, id => UserRequests.SetPrivacy(id, "last", "contacts"));
        var notice = await second.Connection.ReceiveAsync(n => n.Child("privacy") is not null);
        var settings = UserRequests.ParsePrivacy(await AskAsync(client, UserRequests.Privacy));
        var refused = await AskAsync(client, id => UserRequests.SetPrivacy(id, "last", "sometimes"));

        Assert.Equal("contacts", notice.RequiredChild("privacy").RequiredChild("category")["value"]);
        Assert.Equal(("contacts", "all"), (settings["last"], settings["readreceipts"]));
        Assert.Equal("400", refused.RequiredChild("error")["code"]);
    }

    [Theory]
    [InlineData(7, null)]
    [InlineData(8, "400")]
    public async Task DisappearingTimer_WhenSet_IsOneOfThree(int days, string? error)
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await AskAsync(client, id => UserRequests.SetDisappearingMode(id, TimeSpan.FromDays(days)));
        var user = UserQuery.Parse(await AskAsync(client, id => UserQuery.OfUsers(id, "1", [Ana.Jid], UserFacts.DisappearingMode))).Single();

        Assert.Equal(error, answer.Child("error")?["code"]);
        Assert.Equal(TimeSpan.FromDays(error is null ? days : 0), user.DisappearingMode);
    }

    private static async Task<Node> AskAsync(RawClient client, Func<string, Node> request)
    {
        var iq = request(Guid.NewGuid().ToString("N"));
        await client.Connection.SendAsync(iq);
        return await client.Connection.ReceiveAsync(n => n.Tag == "iq" && n["id"] == iq["id"]);
    }

    private async Task<UserAbout> AboutAsync(RawClient client) =>
        UserQuery.Parse(await AskAsync(client, id => UserQuery.OfUsers(id, "1", [Ana.Jid], UserFacts.About))).Single().About!;

    private Task MeetAsync() => Ana.SendTextAsync(Bia.PhoneNumber, "hi", Ct);

    private async Task<byte[]> DownloadAsync(string url)
    {
        using var http = MediaHttp();
        return await http.GetByteArrayAsync(url, Ct);
    }
}
