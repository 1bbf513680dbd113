using System.Text;
using System.Xml.Linq;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Tests.Sessions;

public sealed class QrImageTests
{
    /// <summary>As long as a real one: a ref of the service and three keys in base64.</summary>
    private static readonly string Code =
        $"2@{new string('R', 150)}==,{Convert.ToBase64String(new byte[32])},{Convert.ToBase64String(Enumerable.Repeat((byte)0xA7, 32).ToArray())},{Convert.ToBase64String(new byte[32])},1";

    [Fact]
    public async Task Png_WhenReadByAnotherDecoder_HoldsTheText()
    {
        var text = await NodeProgram.RunAsync("decode-qr.js", QrImage.Png(Code), TestContext.Current.CancellationToken);

        Assert.Equal(Code, text);
    }

    [Fact]
    public void DataUrl_WhenTaken_IsThePng()
    {
        const string Prefix = "data:image/png;base64,";
        var url = QrImage.DataUrl(Code);

        Assert.StartsWith(Prefix, url, StringComparison.Ordinal);
        Assert.Equal(QrImage.Png(Code), Convert.FromBase64String(url[Prefix.Length..]));
    }

    [Fact]
    public void Svg_WhenParsed_IsAPicture()
    {
        var svg = XDocument.Parse(QrImage.Svg(Code));

        Assert.Equal("svg", svg.Root!.Name.LocalName);
        Assert.True(Encoding.UTF8.GetByteCount(svg.ToString()) < 512 * 1024);
    }
}
