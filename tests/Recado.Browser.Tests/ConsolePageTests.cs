using Microsoft.Playwright;
using Recado.Server.Tests;

namespace Recado.Browser.Tests;

/// <summary>A person in front of the page, with the simulated phones.</summary>
public sealed class ConsolePageTests(Browser browser) : IClassFixture<Browser>
{
    private readonly List<string> _complaints = [];

    [Fact]
    public async Task Page_WhenUsedFromScanToReply_ShowsEveryStep()
    {
        await using var server = await TestServer.StartAsync(TestServer.Simulating);
        var page = await browser.NewPageAsync(_complaints);

        // Open: the token goes into the session and out of the address.
        await page.GotoAsync($"{server.Url}?token={TestServer.LocalToken}");
        await Assertions.Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        Assert.Equal(server.Url.ToString(), page.Url);

        // The QR code comes, and the phone scans it.
        await page.GetByRole(AriaRole.Button, new() { Name = "New session" }).ClickAsync();
        await Assertions.Expect(page.Locator("img#qr")).ToBeVisibleAsync(new() { Timeout = 3_000 });
        Assert.StartsWith("data:image/png;base64,", await page.Locator("img#qr").GetAttributeAsync("src"), StringComparison.Ordinal);
        await ScreenshotAsync(page, "pairing");
        await page.GetByRole(AriaRole.Button, new() { Name = "Scan", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#session .state.connected")).ToBeVisibleAsync();

        // A contact writes, we answer, the contact reads.
        await page.GetByPlaceholder("Write as Bruno").FillAsync("Olá! Tem <b>vaga</b> para sábado?");
        await page.Locator("#phone-send").ClickAsync();
        await Assertions.Expect(page.Locator("#messages .received")).ToContainTextAsync("Olá! Tem <b>vaga</b> para sábado?");
        await page.Locator("form.send").GetByLabel("To").FillAsync("+55 11 90000-0002");
        await page.Locator("form.send").GetByLabel("Message").FillAsync("Tem sim. Às 10 h?");
        await page.Locator("form.send button").ClickAsync();
        await Assertions.Expect(page.Locator("#inbox")).ToContainTextAsync("Tem sim. Às 10 h?");
        await page.Locator("#mark-read").ClickAsync();
        await Assertions.Expect(page.Locator("#messages .sent small")).ToContainTextAsync("read");
        await Assertions.Expect(page.Locator("#event-list")).ToContainTextAsync("message_received");
        await ScreenshotAsync(page, "conversation");

        // What was read is still there after a reload, without the token in the address.
        await page.ReloadAsync();
        await Assertions.Expect(page.Locator("#messages .sent")).ToContainTextAsync("Tem sim. Às 10 h?");
        await Assertions.Expect(page.Locator("#session .state.connected")).ToBeVisibleAsync();

        await page.GetByRole(AriaRole.Button, new() { Name = "Disconnect" }).ClickAsync();
        await Assertions.Expect(page.Locator("#session .state.disconnected")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Connect", Exact = true }).ClickAsync();
        await Assertions.Expect(page.Locator("#session .state.connected")).ToBeVisibleAsync();
        Assert.Empty(_complaints);
    }

    [Fact]
    public async Task Page_WhenTheTokenIsMissingOrWrong_AsksForIt()
    {
        await using var server = await TestServer.StartAsync(TestServer.Simulating);
        var page = await browser.NewPageAsync(_complaints);

        await page.GotoAsync(server.Url.ToString());
        await page.GetByLabel("Token").FillAsync("wrong");
        await page.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();
        await Assertions.Expect(page.GetByLabel("Token")).ToBeVisibleAsync();
        await page.GetByLabel("Token").FillAsync(TestServer.LocalToken);
        await page.GetByRole(AriaRole.Button, new() { Name = "Open" }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "New session" })).ToBeVisibleAsync();
        await Assertions.Expect(page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(390, ColorScheme.Light)]
    [InlineData(390, ColorScheme.Dark)]
    public async Task Page_WhenTheWindowIsAnyWidth_NeverScrollsSideways(int width, ColorScheme scheme)
    {
        await using var server = await TestServer.StartAsync(TestServer.Simulating);
        var page = await browser.NewPageAsync(_complaints, width, height: 844, scheme);

        await page.GotoAsync($"{server.Url}?token={TestServer.LocalToken}");
        await page.GetByRole(AriaRole.Button, new() { Name = "New session" }).ClickAsync();
        await Assertions.Expect(page.Locator("img#qr")).ToBeVisibleAsync();
        await ScreenshotAsync(page, $"{width}-{scheme}".ToLowerInvariant());

        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
        Assert.Empty(_complaints);
    }

    /// <summary>Pictures for a person to look at, when a folder for them is named.</summary>
    private static async Task ScreenshotAsync(IPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("RECADO_SCREENSHOTS") is { Length: > 0 } folder)
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = true });
    }
}
