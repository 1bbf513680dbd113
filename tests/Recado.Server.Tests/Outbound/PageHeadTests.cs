using System.Text;
using Recado.Server.Features.Outbound;

namespace Recado.Server.Tests.Outbound;

public sealed class PageHeadTests
{
    [Fact]
    public void Read_WhenThePageHasOpenGraph_PrefersIt()
    {
        var page = PageHead.Read(
            """
            <html><head><title>Plain</title><meta name="description" content="plain">
            <meta property="og:title" content="Caf&eacute; &amp; more"/><meta content='Says
             it all' property='og:description'><meta property=og:image content=/cover.jpg></head>
            """u8,
            charset: null);

        Assert.Equal(("Café & more", "Says it all", "/cover.jpg"), (page.Title, page.Description, page.Image));
    }

    [Fact]
    public void Read_WhenThePageHasOnlyPlainTags_TakesThem()
    {
        var page = PageHead.Read("<TITLE>\n A title </TITLE><META NAME=\"Description\" CONTENT=\"words\">"u8, charset: null);

        Assert.Equal(("A title", "words", null), (page.Title, page.Description, page.Image));
    }

    [Theory]
    [InlineData("windows-1252", null)]
    [InlineData("iso-8859-1", null)]
    [InlineData(null, "<meta charset=\"windows-1252\">")]
    [InlineData(null, "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\">")]
    public void Read_WhenThePageIsInAnotherCharset_ReadsIt(string? charset, string? tag) =>
        Assert.Equal("Ação", PageHead.Read(Encoding.Latin1.GetBytes($"{tag}<title>Ação</title>"), charset).Title);

    [Theory]
    [InlineData("")]
    [InlineData("<title>")]
    [InlineData("<meta property=\"og:title\" content=")]
    [InlineData("\0\u0001\u0002")]
    public void Read_WhenThereIsNothingToRead_IsEmpty(string html) =>
        Assert.Equal(new PageHead(null, null, null), PageHead.Read(Encoding.UTF8.GetBytes(html), "no-such-charset"));

    [Fact]
    public void Read_WhenThePageIsHostile_ComesToAnEnd()
    {
        var html = string.Concat(Enumerable.Repeat("<meta ", 80_000));

        Assert.Null(PageHead.Read(Encoding.UTF8.GetBytes(html), charset: null).Title);
    }
}
