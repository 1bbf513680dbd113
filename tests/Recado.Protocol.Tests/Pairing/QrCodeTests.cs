using Recado.Protocol.Pairing;

namespace Recado.Protocol.Tests.Pairing;

public sealed class QrCodeTests
{
    private const string Keys =
        "eQVu7e4TmbtDB4zVHWW7oxl2gTsbB7wS6kh8gAaiSw8=,"
        + "jQNAdOcSGcKPidcDLSpUC9Ksa6lrJyXb2jyMqj8fMTs=,"
        + "DYf2YUBlE1Z5ODfavC9U/QjiX4cvUR2udANqUNpQnrM=";

    [Fact]
    public void Parse_WhenTheFormIsOld_HasNoPlatform() => Assert.Null(QrCode.Parse("2@ref," + Keys).PlatformId);

    [Fact]
    public void Parse_WhenThereAreMoreFields_IgnoresThem() =>
        Assert.Equal("1", QrCode.Parse($"https://wa.me/x#2@ref,{Keys},1,later").PlatformId);

    [Theory]
    [InlineData("")]
    [InlineData("https://wa.me/settings/linked_devices#")]
    [InlineData("2@ref,AAAA,AAAA,AAAA,1")]
    [InlineData("2@ref,not base64,not base64,not base64")]
    [InlineData("," + Keys)]
    [InlineData("2@ref,eQVu7e4TmbtDB4zVHWW7oxl2gTsbB7wS6kh8gAaiSw8=")]
    public void Parse_WhenTheTextIsAnother_FailsTyped(string text) =>
        Assert.Equal(ProtocolError.MalformedPayload, Assert.Throws<ProtocolException>(() => QrCode.Parse(text)).Error);
}
