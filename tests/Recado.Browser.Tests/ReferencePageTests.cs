using Microsoft.Playwright;
using Recado.Server.Tests;

namespace Recado.Browser.Tests;

/// <summary>The API's description as a person reads it.</summary>
public sealed class ReferencePageTests(Browser browser) : IClassFixture<Browser>
{
    private readonly List<string> _complaints = [];

    [Fact]
    public async Task Page_WhenOpened_ShowsTheOperationsAndAsksNobodyElse()
    {
        await using var server = await TestServer.StartAsync();
        var page = await browser.NewPageAsync(_complaints);
        List<string> elsewhere = [];
        page.Request += (_, request) =>
        {
            if (new Uri(request.Url) is { Scheme: "http" or "https" } url && url.Authority != server.Url.Authority)
                elsewhere.Add(request.Url);
        };

        await page.GotoAsync($"{server.Url}docs");

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "Recado", Exact = true })).ToBeVisibleAsync(new() { Timeout = 60_000 }); // a large script
        await Assertions.Expect(page.GetByText("/api/health").First).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Messages", new() { Exact = true }).First).ToBeVisibleAsync();
        if (Environment.GetEnvironmentVariable("RECADO_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "reference.png") });
        Assert.Empty(elsewhere);
        Assert.DoesNotContain(_complaints, complaint => !complaint.StartsWith("info: @scalar", StringComparison.Ordinal)); // its version
    }
}
