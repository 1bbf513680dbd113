using Recado.Server.Features.Messages;

namespace Recado.Server.Tests.Messages;

public sealed class RecipientTests
{
    [Theory]
    [InlineData("+44 20 7946 0958", "442079460958")]
    [InlineData("442079460958", "442079460958")]
    [InlineData("  +1 (415) 555-2671 ", "14155552671")]
    [InlineData("+49.30.901820", "4930901820")]
    [InlineData("442079460958@s.whatsapp.net", "442079460958")]
    [InlineData("442079460958@c.us", "442079460958")]
    [InlineData("442079460958:12@s.whatsapp.net", "442079460958")]
    [InlineData("123456789012345@lid", "123456789012345@lid")]
    [InlineData("123456789012345:3@lid", "123456789012345@lid")]
    [InlineData("120363012345678901@g.us", "120363012345678901@g.us")]
    public void Parse_WhenItIsANumberOrAUser_GivesTheFormToSendTo(string to, string form)
    {
        var (recipient, fault) = Recipient.Parse(to);

        Assert.Null(fault);
        Assert.Equal([form], recipient!.Forms);
    }

    /// <summary>Countries where WhatsApp may know the number under another form than the one people write.</summary>
    [Theory]
    [InlineData("+55 11 91234-5678", "5511912345678", "551112345678")]
    [InlineData("+55 11 8765-4321", "551187654321", "5511987654321")]
    [InlineData("+52 55 1234 5678", "525512345678", "5215512345678")]
    [InlineData("5215512345678@s.whatsapp.net", "5215512345678", "525512345678")]
    public void Parse_WhenTheCountryChangedItsNumbers_GivesBothForms(string to, string given, string other) =>
        Assert.Equal([given, other], Recipient.Parse(to).Recipient!.Forms);

    [Fact]
    public void Parse_WhenABrazilianNumberIsALandline_GivesOneForm() =>
        Assert.Equal(["551134567890"], Recipient.Parse("+55 11 3456-7890").Recipient!.Forms);

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("hello")]
    [InlineData("+")]
    [InlineData("12")]
    [InlineData("+55")]
    [InlineData("+99999999999")]
    [InlineData("+44 20 7946 0958 1234 5678 99")]
    [InlineData("@s.whatsapp.net")]
    [InlineData("a b@s.whatsapp.net")]
    [InlineData("status@broadcast")]
    [InlineData("120363012345678901@newsletter")]
    [InlineData("442079460958@elsewhere")]
    public void Parse_WhenNobodyCanBeMeant_SaysWhatIsWrong(string to)
    {
        var (recipient, fault) = Recipient.Parse(to);

        Assert.Null(recipient);
        Assert.False(string.IsNullOrEmpty(fault));
    }

    [Fact]
    public void Parse_WhenItIsHuge_SaysSo() => Assert.NotNull(Recipient.Parse(new string('1', 100_000)).Fault);
}
