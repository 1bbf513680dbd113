namespace Recado.Protocol.Tests;

public sealed class JidTests
{
    [Theory]
    [InlineData("")]
    [InlineData("5511900000001")]
    [InlineData("hello")]
    [InlineData("5511900000001@")]
    [InlineData("5511900000001@@s.whatsapp.net")]
    [InlineData("a@b@s.whatsapp.net")]
    [InlineData("55 11@s.whatsapp.net")]
    [InlineData("5511\n@s.whatsapp.net")]
    [InlineData("5511:@s.whatsapp.net")]
    [InlineData("5511:x@s.whatsapp.net")]
    [InlineData("5511:-1@s.whatsapp.net")]
    [InlineData("5511:256@s.whatsapp.net")]
    [InlineData("5511:65536@msgr")]
    [InlineData("5511:1:2@s.whatsapp.net")]
    [InlineData("5511.1.2@s.whatsapp.net")]
    [InlineData("5511.256@s.whatsapp.net")]
    [InlineData(":7@s.whatsapp.net")]
    public void Parse_WhenTheTextIsNoJid_Refuses(string text)
    {
        Assert.False(Jid.TryParse(text, out var jid));
        Assert.Equal(default, jid);
        var error = Assert.Throws<ProtocolException>(() => Jid.Parse(text));
        Assert.Equal(ProtocolError.InvalidJid, error.Error);
    }

    [Fact]
    public void TryParse_WhenThereIsNoText_IsFalse() => Assert.False(Jid.TryParse(null, out _));

    [Theory]
    [InlineData("5511900000001@s.whatsapp.net", nameof(Jid.IsPhoneNumber))]
    [InlineData("5511900000001:3@s.whatsapp.net", nameof(Jid.IsPhoneNumber))]
    [InlineData("5511900000001@c.us", nameof(Jid.IsPhoneNumber))]
    [InlineData("5511900000001:99@hosted", nameof(Jid.IsPhoneNumber))]
    [InlineData("123456@lid", nameof(Jid.IsLid))]
    [InlineData("123456:99@hosted.lid", nameof(Jid.IsLid))]
    [InlineData("120363000000000001@g.us", nameof(Jid.IsGroup))]
    [InlineData("g.us", nameof(Jid.IsServer))]
    [InlineData("s.whatsapp.net", nameof(Jid.IsServer))]
    [InlineData("1600000000@broadcast", nameof(Jid.IsBroadcast))]
    [InlineData("status@broadcast", nameof(Jid.IsBroadcast), nameof(Jid.IsStatusBroadcast))]
    [InlineData("120363111111111111@newsletter", nameof(Jid.IsNewsletter))]
    [InlineData("867051314767696@bot", nameof(Jid.IsBot))]
    [InlineData("13135550002@s.whatsapp.net", nameof(Jid.IsPhoneNumber), nameof(Jid.IsBot))]
    [InlineData("13165550042@c.us", nameof(Jid.IsPhoneNumber), nameof(Jid.IsBot))]
    [InlineData("13135550002:1@s.whatsapp.net", nameof(Jid.IsPhoneNumber))]
    [InlineData("113135550002@s.whatsapp.net", nameof(Jid.IsPhoneNumber))]
    public void Kind_WhenAsked_IsThatOfTheServer(string text, params string[] kinds)
    {
        var jid = Jid.Parse(text);

        var found = typeof(Jid).GetProperties()
            .Where(p => p.Name.StartsWith("Is", StringComparison.Ordinal) && p.GetValue(jid) is true)
            .Select(p => p.Name);

        Assert.Equal(kinds.Order(), found.Order());
    }

    [Fact]
    public void Equals_WhenEmptyPartsComeFromAnywhere_IsTrue()
    {
        Assert.Equal(default, new Jid("", ""));
        Assert.Equal(Jid.Service, Jid.Parse("s.whatsapp.net"));
        Assert.Equal("", default(Jid).ToString());
        Assert.False(default(Jid).IsServer);
    }

    [Fact]
    public void WithDevice_WhenTheServerHasOneByteForIt_KeepsToThat()
    {
        var user = Jid.Parse("5511900000001@s.whatsapp.net");

        Assert.Equal("5511900000001:255@s.whatsapp.net", user.WithDevice(255).ToString());
        Assert.Equal(user, user.WithDevice(255).ToUser());
        Assert.Throws<ArgumentOutOfRangeException>(() => user.WithDevice(256));
    }

    [Fact]
    public void ToString_WhenTheUserIsOfAnotherService_ShowsWhich()
    {
        var jid = Jid.Parse("2-bob.smith:5@interop");

        Assert.Equal(("bob.smith", 5, 2), (jid.User, jid.Device, jid.Integrator));
        Assert.Equal("2-bob.smith:5@interop", jid.ToString());
    }
}
