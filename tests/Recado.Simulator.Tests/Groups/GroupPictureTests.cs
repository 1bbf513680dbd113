using System.Net.Http.Headers;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests.Groups;

public sealed class GroupPictureTests : GroupTest
{
    [Fact]
    public async Task Set_WhenAMemberDoes_TellsAllMembersAndIsShownToThem()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);
        var group = NewGroup().Jid;

        var none = await AskAsync(client, id => UserRequests.Picture(id, group, isPreview: false));
        var set = await AskAsync(client, id => UserRequests.SetPicture(id, Jpeg.OfSize(640, 640), group));
        var told = await other.Connection.ReceiveAsync(n => n["type"] == "picture");
        var shown = UserRequests.ParsePicture(await AskAsync(other, id => UserRequests.Picture(id, group, isPreview: false)))!;
        await AskAsync(client, id => UserRequests.RemovePicture(id, group));
        var removed = await other.Connection.ReceiveAsync(n => n["type"] == "picture" && n.Child("delete") is not null);

        Assert.Equal("404", CodeOf(none));
        Assert.Equal(set.RequiredChild("picture")["id"], shown.Id);
        Assert.Equal(group, told.RequiredJid("from"));
        Assert.Equal((shown.Id, Ana.Lid), (told.RequiredChild("set")["id"], told.RequiredChild("set").RequiredJid("author")));
        Assert.Equal(group, removed.RequiredChild("delete").RequiredJid("jid"));
        Assert.Equal("404", CodeOf(await AskAsync(other, id => UserRequests.Picture(id, group, isPreview: true))));
        AssertNoViolations();
    }

    [Fact]
    public async Task Set_WhenTheClientMayNotOrThePictureIsNone_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        var others = Bia.CreateGroup("Others", [Caio.PhoneNumber]).Jid;
        var jpeg = Jpeg.OfSize(640, 640);
        Bia.SetGroupPicture(others.ToString(), jpeg);

        Assert.Equal("406", CodeOf(await AskAsync(client, id => UserRequests.SetPicture(id, Jpeg.OfSize(640, 320), group))));
        Assert.Equal("403", CodeOf(await AskAsync(client, id => UserRequests.SetPicture(id, jpeg, others))));
        Assert.Equal("401", CodeOf(await AskAsync(client, id => UserRequests.Picture(id, others, isPreview: true))));
        Bia.ChangeGroup(group.ToString(), new GroupSettings { IsLocked = true });
        Assert.Equal("403", CodeOf(await AskAsync(client, id => UserRequests.SetPicture(id, jpeg, group))));
        Assert.Equal("404", CodeOf(await AskAsync(client, id => UserRequests.SetPicture(id, jpeg, new Jid("120363000000000000", JidServer.Group)))));
        AssertNoViolations();
    }

    [Fact]
    public async Task Picture_WhenDrivenOverHttp_IsSetAndRemoved()
    {
        await using var client = await ClientOfAsync(Ana);
        var group = NewGroup().Jid;
        using var http = new HttpClient { BaseAddress = Service.ControlUrl };
        using var content = new ByteArrayContent(Jpeg.OfSize(96, 96));
        content.Headers.ContentType = new MediaTypeHeaderValue("image/jpeg");

        using var set = await http.PutAsync($"accounts/5511900000002/groups/{group}/picture", content, Ct);
        var told = await client.Connection.ReceiveAsync(n => n["type"] == "picture" && n.Child("set") is not null);
        using var removed = await http.DeleteAsync($"accounts/5511900000002/groups/{group}/picture", Ct);
        await client.Connection.ReceiveAsync(n => n["type"] == "picture" && n.Child("delete") is not null);

        Assert.True(set.IsSuccessStatusCode && removed.IsSuccessStatusCode);
        Assert.Equal(Bia.Lid, told.RequiredChild("set").RequiredJid("author"));
    }

    private static Task<Node> AskAsync(RawClient client, Func<string, Node> request) => client.Connection.RequestAsync(request);
}
