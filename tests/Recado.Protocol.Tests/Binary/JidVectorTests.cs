using Recado.Protocol.Binary;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Binary;

/// <summary>Text forms and wire forms of JIDs, against what two independent libraries make of the same input.</summary>
public sealed class JidVectorTests
{
    private static readonly JidFile File = VectorFile.Load<JidFile>("binary/jids.json");

    public static TheoryData<string> Inputs => [.. File.Items.Select(i => i.Input)];

    public static TheoryData<string> ReadAlikeByBoth =>
        [.. File.Items.Where(i => !i.Baileys.NotAJid && i.Baileys.User == i.Whatsmeow.User && i.Baileys.Server != JidServer.Messenger).Select(i => i.Input)];

    [Theory, MemberData(nameof(Inputs))]
    public void Parse_WhenGivenAVector_HasItsPartsAndForms(string input)
    {
        var expected = Expected(input);

        var jid = Jid.Parse(input);

        Assert.Equal((expected.User, expected.Server, expected.Device, expected.Agent), (jid.User, jid.Server, jid.Device, jid.Agent));
        Assert.Equal(expected.String, jid.ToString());
        Assert.Equal(expected.AdString, jid.ToAdString());
        Assert.Equal(expected.SignalUser, jid.ToSignalAddress().Name);
        Assert.Equal(expected.Device, jid.ToSignalAddress().Device);
    }

    [Theory, MemberData(nameof(Inputs))]
    public void ToUser_WhenGivenAVector_DropsTheDeviceAndUnifiesTheServer(string input)
    {
        var expected = Jid.Parse(Expected(input).NonAd);

        var user = Jid.Parse(input).ToUser();

        Assert.Equal(expected.User, user.User);
        Assert.Equal(expected.Server switch { "c.us" or "hosted" => "s.whatsapp.net", "hosted.lid" => "lid", var s => s }, user.Server);
        Assert.Equal((0, 0), (user.Device, user.Agent));
    }

    [Theory, MemberData(nameof(Inputs))]
    public void Encode_WhenGivenAVector_WritesItsBytesAndReadsThemBack(string input)
    {
        var jid = Jid.Parse(input);

        var packet = NodeCodec.Encode(new Node("iq", [("jid", jid)]));

        // flag, list of three, "iq", "jid", value
        Assert.Equal([0x00, 0xf8, 0x03, 0x19, 0x0c, .. Expected(input).Wire], packet);
        Assert.Equal(jid.Agent == 0 ? jid : Jid.Parse($"{jid.User}:{jid.Device}@{jid.Server}"), NodeCodec.Decode(packet).JidOf("jid"));
    }

    /// <summary>The second library has another idea of agents and of Messenger; everything else it must write as we do.</summary>
    [Theory, MemberData(nameof(ReadAlikeByBoth))]
    public void Encode_WhenTheSecondLibraryReadsTheSameParts_WritesItsBytesToo(string input)
    {
        var theirs = File.Items.Single(i => i.Input == input).Baileys;

        Assert.Equal(Expected(input).Wire, theirs.Wire);
        Assert.Equal(Jid.Parse(input).Domain ?? 0, theirs.DomainType);
        Assert.Equal(Jid.Parse(input).Device, theirs.Device ?? 0);
    }

    private static ReferenceJid Expected(string input) => File.Items.Single(i => i.Input == input).Whatsmeow;

    private sealed record JidFile(string Description, IReadOnlyList<JidItem> Items);

    private sealed record JidItem(string Input, ReferenceJid Whatsmeow, OtherJid Baileys);

    private sealed record ReferenceJid(
        byte Agent, ushort Device, string Server, string User, string String, string AdString, string NonAd, string SignalUser, byte[] Wire);

    private sealed record OtherJid(
        string Normalized, byte[] Wire, bool NotAJid = false, string? Server = null, string? User = null, int? DomainType = null, ushort? Device = null);
}
