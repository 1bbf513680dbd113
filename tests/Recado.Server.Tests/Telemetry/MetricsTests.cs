using System.Net;
using System.Net.Http.Headers;
using Recado.Server.Tests.Hosting;
using Recado.Server.Tests.Sessions;
using Recado.Server.Tests.Storage.Postgres;

namespace Recado.Server.Tests.Telemetry;

/// <summary><c>/metrics</c> of the program in a process of its own: what is measured is the process's.</summary>
public sealed class MetricsTests
{
    private const string MetricsToken = "metrics-token-of-the-tests-0123456789";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Metrics_WhenItHasAPortOfItsOwn_AreOpenThereAndNowhereElse()
    {
        var port = ServerProcess.FreePort();
        await using var recado = RecadoProcess.Start(new Dictionary<string, string>
        {
            ["RECADO_LOCAL_TOKEN"] = TestServer.LocalToken,
            ["METRICS_PORT"] = $"{port}",
        }, "--simulate");
        using var api = new HttpClient { BaseAddress = await recado.WaitUntilStartedAsync(Ct) };
        using var scraper = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestServer.LocalToken);
        await api.GetStringAsync("/api/sessions", Ct);

        var metrics = await scraper.GetStringAsync("/metrics", Ct);

        Assert.Contains("recado_sessions_running", metrics, StringComparison.Ordinal);
        Assert.Contains("recado_storage_duration_seconds_bucket", metrics, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_count", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(TestServer.LocalToken, metrics, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await api.GetAsync("/metrics", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await scraper.GetAsync("/api/health", Ct)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await scraper.GetAsync("/", Ct)).StatusCode);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Metrics_WhenTheyHaveAToken_AreOnlyForThoseWhoSendIt()
    {
        await using var server = await TestServer.StartAsync(settings => settings with { Telemetry = new() { Token = MetricsToken } });
        using var scraper = server.WithToken(MetricsToken);

        var nobody = await server.Http.GetAsync("/metrics", Ct);
        var user = await server.WithToken(TestServer.LocalToken).GetAsync("/metrics", Ct);
        var answer = await scraper.GetAsync("/metrics", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, user.StatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await scraper.GetAsync("/api/sessions", Ct)).StatusCode); // it opens nothing else
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Metrics_WhenNobodyAskedForThem_DoNotExist()
    {
        await using var server = await TestServer.StartAsync();

        Assert.Equal(HttpStatusCode.NotFound, (await server.Http.GetAsync("/metrics", Ct)).StatusCode);
    }
}
