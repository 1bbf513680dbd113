using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class RequestTests : ServiceTest
{
    [Theory]
    [InlineData("xmlns")]
    [InlineData("to")]
    [InlineData("text to")]
    public async Task Request_WhenItLacksSomething_IsRefusedAndNoted(string missing)
    {
        await using var client = await ClientOfAsync(Ana);
        List<NodeAttribute> attributes = [("id", "odd"), ("type", "get")];
        if (missing != "xmlns")
            attributes.Add(("xmlns", "w:p"));
        if (missing == "text to")
            attributes.Add(("to", "s.whatsapp.net"));
        else if (missing != "to")
            attributes.Add(("to", Jid.Service));

        await client.Connection.SendAsync(new Node("iq", attributes));
        var answer = await client.Connection.ReceiveAsync("iq");

        Assert.Equal("400", answer.RequiredChild("error")["code"]);
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Request_WhenItsIdIsUsedAgain_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);
        var ping = new Node("iq", [("id", "twice"), ("type", "get"), ("xmlns", "w:p"), ("to", Jid.Service)]);

        await client.Connection.SendAsync(ping);
        var first = await client.Connection.ReceiveAsync(n => n["id"] == "twice");
        await client.Connection.SendAsync(ping);
        var second = await client.Connection.ReceiveAsync(n => n["id"] == "twice");

        Assert.Equal("result", first["type"]);
        Assert.Equal("error", second["type"]);
    }

    [Theory]
    [InlineData("flag")]
    [InlineData("leftover")]
    [InlineData("garbage")]
    public async Task Packet_WhenItIsNotOne_EndsTheStream(string mistake)
    {
        await using var client = await ClientOfAsync(Ana);
        var good = NodeCodec.Encode(new Node("presence"));
        byte[] packet = mistake switch
        {
            "flag" => [1, .. good[1..]],
            "leftover" => [.. good, 0],
            _ => [0, 0xf8, 0xff],
        };

        await client.Connection.SendPacketAsync(packet);
        var error = await client.Connection.ReceiveAsync("stream:error");
        await client.Connection.EndAsync();

        Assert.NotNull(error.Child("xml-not-well-formed"));
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task TextMessage_WhenSent_EndsTheConnection()
    {
        await using var client = await ClientOfAsync(Ana);

        await client.Connection.SendTextMessageAsync();
        await client.Connection.EndAsync();

        Assert.Contains("text message", Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stanza_WhenItComesBeforeTheLogin_EndsTheStream()
    {
        await using var connection = await RawConnection.OpenAsync(Service, new RawDevice(), Ct);

        await connection.SendAsync(new Node("receipt", [("id", "1"), ("to", Ana.Jid)]));
        await connection.ReceiveAsync("stream:error");

        Assert.Contains("before the login", Assert.Single(Service.Trace.Violations).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bundles_WhenFetched_UseEachOneTimePreKeyOnce()
    {
        await using var client = await ClientOfAsync(Ana);
        Node Ask() => new("key", [], [new Node("user", [("jid", Bia.Lid)])]);

        var first = await client.Connection.RequestAsync("get", "encrypt", Ask());
        var second = await client.Connection.RequestAsync("get", "encrypt", Ask());

        var ids = new[] { first, second }.Select(a => PreKeyBundleNodes.Parse(a.RequiredChild("list").Children[0]).PreKeyId);
        Assert.Equal(2, ids.Distinct().Count());
    }

    [Fact]
    public async Task Bundles_WhenADeviceIsUnknown_AnswerTheOthers()
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await client.Connection.RequestAsync("get", "encrypt",
            new Node("key", [], [new Node("user", [("jid", Bia.Lid.WithDevice(7))]), new Node("user", [("jid", Bia.Lid)])]));

        var users = answer.RequiredChild("list").Children;
        Assert.Equal("404", users[0].RequiredChild("error")["code"]);
        Assert.NotNull(users[1].Child("skey"));
    }

    [Fact]
    public async Task Bundles_WhenTheStockRunsLow_TellTheOwnerOnce()
    {
        await using var client = await ClientOfAsync(Ana);
        await using var other = await ClientOfAsync(Bia);

        for (var i = 0; i < 14; i++)
        {
            await other.Connection.RequestAsync("get", "encrypt", new Node("key", [], [new Node("user", [("jid", client.Device.Lid)])]));
        }

        var low = await client.Connection.ReceiveAsync(n => n["type"] == "encrypt");
        Assert.Equal("9", low.RequiredChild("count")["value"]);
        Assert.Equal(Jid.Service, low.RequiredJid("from"));
        Assert.Equal(1, Assert.Single(Ana.LinkedDevices).Undelivered);
    }

    [Fact]
    public async Task Upload_WhenTheSignatureIsWrong_IsRefused()
    {
        await using var client = await ClientOfAsync(Ana);
        var forged = client.Device.SignedPreKey with { Signature = new byte[64] };

        await client.Connection.SendAsync(PreKeyStanzas.Upload("forged", client.Device.Identity, client.Device.NewPreKeys(1), forged));
        var answer = await client.Connection.ReceiveAsync(n => n["id"] == "forged");

        Assert.Equal("406", answer.RequiredChild("error")["code"]);
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Digest_WhenKeysAreStored_HasThem()
    {
        await using var client = await ClientOfAsync(Ana);

        var answer = await client.Connection.RequestAsync("get", "encrypt", new Node("digest"));

        var digest = answer.RequiredChild("digest");
        Assert.Equal(client.Device.Identity.KeyPair.PublicKey, digest.RequiredChild("identity").Bytes.ToArray());
        Assert.Equal(20, digest.RequiredChild("hash").Bytes.Length);
        Assert.Equal(client.Device.PreKeys.Count - 1, digest.RequiredChild("list").Children.Count);
    }

    [Fact]
    public async Task UserQuery_WhenAskedForDevices_ListsThemWithTheirLid()
    {
        await using var client = await ClientOfAsync(Ana);

        var user = await QueryAsync(client, [new Node("devices", [("version", "2")]), new Node("lid")], new Node("user", [("jid", Ana.Jid)]));

        var devices = user.RequiredChild("devices");
        Assert.Equal(["0", "1"], devices.RequiredChild("device-list").Children.Select(d => d["id"]));
        Assert.NotNull(AdvIdentity.VerifyKeyIndexList(devices.RequiredChild("key-index-list").Bytes.Span, AccountKeyOf(client)));
        Assert.Equal(Ana.Lid, user.RequiredChild("lid").RequiredJid("val"));
    }

    [Theory]
    [InlineData("+5511900000002", "in")]
    [InlineData("+5511900000002@c.us", "in")]
    [InlineData("+5511999999999", "out")]
    public async Task UserQuery_WhenAskedForANumber_SaysWhetherItIsThere(string number, string type)
    {
        await using var client = await ClientOfAsync(Ana);

        var user = await QueryAsync(client, [new Node("contact")], new Node("user", [], [new Node("contact", [], number)]));

        Assert.Equal(type, user.RequiredChild("contact")["type"]);
        Assert.Equal(number, user.RequiredChild("contact").Text);
        Assert.True(user.IsJid("jid"));
    }

    [Fact]
    public async Task Link_WhenAContactLinksADevice_IsAnnounced()
    {
        await using var client = await ClientOfAsync(Ana);
        await Bia.SendTextAsync(Ana.PhoneNumber, "hi", Ct);

        await RawClient.PairAsync(Service, Bia, new RawDevice(), Ct);
        var notification = await client.Connection.ReceiveAsync(n => n.Tag == "notification" && n["type"] == "devices");

        Assert.Equal(Bia.Jid, notification.RequiredJid("from"));
        Assert.Equal(Bia.Lid, notification.RequiredJid("lid"));
        Assert.Equal(Bia.Jid.WithDevice(1), notification.RequiredChild("add").RequiredChild("device").RequiredJid("jid"));
    }

    private static async Task<Node> QueryAsync(RawClient client, Node[] protocols, Node user)
    {
        var answer = await client.Connection.RequestAsync("get", "usync",
            new Node("usync", [("sid", "1"), ("mode", "query"), ("last", "true"), ("index", "0"), ("context", "message")],
                [new Node("query", [], protocols), new Node("list", [], [user])]));
        return Assert.Single(answer.RequiredChild("usync").RequiredChild("list").Children);
    }

    private static byte[] AccountKeyOf(RawClient client) =>
        Protocol.Proto.AdvSignedDeviceIdentity.Parser.ParseFrom(client.Device.Account).AccountSignatureKey.ToByteArray();
}
