using Microsoft.AspNetCore.Http;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Tests.Sessions;

public sealed class QrFormatTests
{
    [Theory]
    [InlineData("", QrFormat.Png)]
    [InlineData("*/*", QrFormat.Png)]
    [InlineData("image/*", QrFormat.Png)]
    [InlineData("image/png", QrFormat.Png)]
    [InlineData("image/svg+xml", QrFormat.Svg)]
    [InlineData("image/svg+xml, image/png;q=0.5", QrFormat.Svg)]
    [InlineData("image/png;q=0.1, image/*", QrFormat.Svg)]
    [InlineData("text/html", null)]
    [InlineData("image/png;q=0", null)]
    public void Choose_WhenTheRequestAccepts_PicksWhatItPrefers(string accept, string? format)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = accept;

        Assert.Equal(format, QrFormat.Choose(request));
    }
}
