using System.Text;
using Recado.Server.Features.Media;

namespace Recado.Server.Tests.Media;

public sealed class MediaTypeTests
{
    [Theory]
    [InlineData("FFD8FFE000104A46", "image/jpeg")]
    [InlineData("89504E470D0A1A0A", "image/png")]
    [InlineData("52494646000000005745425056503820", "image/webp")]
    [InlineData("000000186674797069736F6D00000200", "video/mp4")]
    [InlineData("00000018667479704D34412000000200", "audio/mp4")]
    [InlineData("4F67675300020000", "audio/ogg")]
    [InlineData("255044462D312E37", "application/pdf")]
    [InlineData("", MediaType.Unknown)]
    [InlineData("FF", MediaType.Unknown)]
    public void Of_WhenTheFirstBytesTell_NamesTheType(string hex, string expected) => Assert.Equal(expected, MediaType.Of(Convert.FromHexString(hex)));

    [Theory]
    [InlineData("<!doctype html><script>alert(1)</script>")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>")]
    [InlineData("just text")]
    public void Of_WhenABrowserCouldExecuteIt_IsUnknown(string text) => Assert.Equal(MediaType.Unknown, MediaType.Of(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("text/html", MediaType.Unknown)]
    [InlineData("image/svg+xml", MediaType.Unknown)]
    [InlineData("application/xhtml+xml", MediaType.Unknown)]
    [InlineData("text/csv; charset=utf-8", "text/csv")]
    [InlineData("application/vnd.ms-excel", "application/vnd.ms-excel")]
    public void Harmless_WhenASenderClaimsAType_KeepsOnlyWhatNobodyExecutes(string claimed, string expected) => Assert.Equal(expected, MediaType.Harmless(claimed));
}
