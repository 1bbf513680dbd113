using Recado.Server.Features.Outbound;
using Recado.Server.Hosting;

namespace Recado.Server.Tests.Outbound;

public sealed class OutboundHttpTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ftp://example.com/x")]
    [InlineData("file:///etc/passwd")]
    [InlineData("gopher://127.0.0.1:70/")]
    [InlineData("/etc/passwd")]
    [InlineData("http://user:password@example.com/")]
    [InlineData("not a link")]
    [InlineData("http://127.0.0.1:9/")]
    [InlineData("http://[::1]:9/")]
    [InlineData("http://[::ffff:127.0.0.1]:9/")]
    [InlineData("http://0x7f000001:9/")]
    [InlineData("http://2130706433:9/")]
    [InlineData("http://169.254.169.254/latest/meta-data/")]
    [InlineData("http://localhost:9/")] // by its name, which only resolving shows to be private
    public async Task Get_OfALinkThatMayNotBeFollowed_IsForbidden(string link)
    {
        using var http = Guarded();

        var e = await Assert.ThrowsAsync<LinkException>(() => http.GetAsync(link, "*/*", Ct));

        Assert.Equal(LinkError.Forbidden, e.Error);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://example.com/")]
    public async Task Get_WhenAnAllowedLinkRedirectsToAForbiddenOne_IsForbidden(string target)
    {
        await using var site = await WebSite.StartAsync();
        using var http = Open();

        var e = await Assert.ThrowsAsync<LinkException>(() => http.GetAsync(site.Redirect("/away", target), "*/*", Ct));

        Assert.Equal(LinkError.Forbidden, e.Error);
    }

    [Fact]
    public async Task Get_WhenALinkRedirects_FollowsThreeTimesAndNotFour()
    {
        await using var site = await WebSite.StartAsync();
        site.Serve("/0", "here"u8.ToArray());
        for (var i = 1; i <= 4; i++)
            site.Redirect($"/{i}", $"/{i - 1}");
        using var http = Open();

        using var answer = await http.GetAsync($"{site.Root}/3", "*/*", Ct);
        var e = await Assert.ThrowsAsync<LinkException>(() => http.GetAsync($"{site.Root}/4", "*/*", Ct));

        Assert.Equal("here", await answer.Content.ReadAsStringAsync(Ct));
        Assert.Equal(LinkError.Unreachable, e.Error);
    }

    [Fact]
    public async Task Get_WhenNobodyAnswersOrTheAnswerIsAnError_IsUnreachable()
    {
        await using var site = await WebSite.StartAsync();
        using var http = Open();

        var absent = await Assert.ThrowsAsync<LinkException>(() => http.GetAsync($"{site.Root}/absent", "*/*", Ct));
        var silent = await Assert.ThrowsAsync<LinkException>(() => http.GetAsync("http://127.0.0.1:9/", "*/*", Ct));

        Assert.Equal((LinkError.Unreachable, LinkError.Unreachable), (absent.Error, silent.Error));
        Assert.Contains("404", absent.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_WhenTheAnswerIsTooLargeByItsHeader_ReadsNothing()
    {
        await using var site = await WebSite.StartAsync();
        using var http = Open();
        using var answer = await http.GetAsync(site.ServeHalf([1], announced: 3L * 1024 * 1024 * 1024), "*/*", Ct);
        using var destination = new MemoryStream();

        var e = await Assert.ThrowsAsync<LinkException>(() => answer.CopyToAsync(destination, limit: 1000, Ct));

        Assert.Equal((LinkError.TooLarge, 0), (e.Error, destination.Length));
    }

    [Fact]
    public async Task Copy_WhenTheAnswerIsTooLargeAndDoesNotSay_StopsAtTheLimit()
    {
        await using var site = await WebSite.StartAsync();
        using var http = Open();
        using var answer = await http.GetAsync(site.Serve("/endless", context => context.Response.Body.WriteAsync(new byte[5000]).AsTask()), "*/*", Ct);
        using var destination = new MemoryStream();

        var e = await Assert.ThrowsAsync<LinkException>(() => answer.CopyToAsync(destination, limit: 1000, Ct));

        Assert.Equal((LinkError.TooLarge, 1000), (e.Error, destination.Length));
    }

    [Fact]
    public async Task Copy_WhenTheAnswerEndsEarly_IsTruncated()
    {
        await using var site = await WebSite.StartAsync();
        using var http = Open();
        using var answer = await http.GetAsync(site.ServeHalf(new byte[100], announced: 200), "*/*", Ct);

        var e = await Assert.ThrowsAsync<LinkException>(() => answer.CopyToAsync(Stream.Null, limit: 1000, Ct));

        Assert.Equal(LinkError.Truncated, e.Error);
    }

    private static OutboundHttp Guarded() => new(new RecadoSettings { DataFolder = "" });

    private static OutboundHttp Open() => new(new RecadoSettings { DataFolder = "", AllowPrivateLinks = true });
}
