using Recado.Client.Contacts;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Tests.Contacts;

public sealed class DeviceListTests
{
    private static readonly Jid Phone = Jid.Parse("5511999990000@s.whatsapp.net");
    private static readonly Jid Lid = Jid.Parse("222@lid");

    [Fact]
    public void Parse_AfterSerialize_IsTheSameList()
    {
        var list = new DeviceList(
            Lid,
            DateTimeOffset.UnixEpoch.AddMilliseconds(5),
            [Lid, Lid.WithDevice(3), Jid.Parse("222:99@hosted.lid")]);

        var again = DeviceList.Parse(Lid, list.Serialize());

        Assert.Equal(list.FetchedAt, again.FetchedAt);
        Assert.Equal(list.Devices, again.Devices);
    }

    [Fact]
    public void For_TheOtherName_KeepsNumbersAndHosting()
    {
        var list = new DeviceList(Phone, default, [Phone, Phone.WithDevice(3), Jid.Parse("5511999990000:99@hosted")]);

        var byLid = list.For(Lid);

        Assert.Equal(["222@lid", "222:3@lid", "222:99@hosted.lid"], byLid.Devices.Select(device => device.ToString()));
    }

    [Fact]
    public void UsyncParse_WhenCompanionsLackAKeyIndex_LeavesThemOut()
    {
        var answer = Answer(
            new Node(
                "user",
                [("jid", Phone)],
                new Node(
                    "devices",
                    [],
                    new Node(
                        "device-list",
                        [],
                        Device("0"),
                        Device("3", "key-index", "1"),
                        Device("4"),
                        Device("300", "key-index", "1"),
                        Device("x"))),
                new Node("lid", [("val", Lid)])));

        var user = Assert.Single(Usync.Parse(answer));

        Assert.Equal(Lid, user.OtherName);
        Assert.Equal([Phone, Phone.WithDevice(3)], user.Devices);
    }

    [Fact]
    public void UsyncParse_WhenTheServiceReportsAnError_HasNoDevices()
    {
        var answer = Answer(
            new Node("user", [("jid", Phone)], new Node("devices", [], new Node("error", [("code", "404")]))),
            new Node("user"));

        var user = Assert.Single(Usync.Parse(answer));

        Assert.Null(user.Devices);
    }

    private static Node Answer(params Node[] users) =>
        new("iq", [], new Node("usync", [], new Node("result"), new Node("list", [], users)));

    private static Node Device(string id, string? key = null, string? value = null) =>
        key is null ? new("device", [("id", id)]) : new("device", [("id", id), (key, value)]);
}
