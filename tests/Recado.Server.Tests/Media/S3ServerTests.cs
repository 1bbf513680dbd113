using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Media;

/// <summary>A server that keeps its files in an S3-compatible store.</summary>
public sealed class S3ServerTests(S3Server store) : IClassFixture<S3Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_WhenFilesAreKeptElsewhere_IsServedInRangesFromThere()
    {
        await using var server = await TestServer.StartAsync(settings => TestServer.WithUsers(settings) with { MediaStore = store.Settings });
        var user = Guid.NewGuid();
        var session = await server.OwnSessionAsync(user, Ct);
        using var http = server.As(user);
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);

        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "data.bin" } };
        var uploaded = await (await http.PostAsync($"/api/sessions/{session.Row.Id}/media", form, Ct)).JsonAsync(HttpStatusCode.Created);
        var address = $"/api/media/{uploaded.GetProperty("id").GetString()}";
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(1_500_000, 1_500_999) } };
        using var part = await http.SendAsync(request, Ct);

        Assert.Equal(bytes, await http.GetByteArrayAsync(address, Ct));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[1_500_000..1_501_000], await part.Content.ReadAsByteArrayAsync(Ct));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "media"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Upload_WhenTheStoreIsAway_Answers503AndStoresNothing()
    {
        var log = new CapturedLog();
        await using var server = await TestServer.StartAsync(
            settings => TestServer.WithUsers(settings) with { MediaStore = store.Settings with { Endpoint = new Uri("http://127.0.0.1:9") } },
            configure: builder => builder.Logging.AddProvider(log));
        var user = Guid.NewGuid();
        var session = await server.OwnSessionAsync(user, Ct);
        using var http = server.As(user);

        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "data.bin" } };
        var answer = await http.PostAsync($"/api/sessions/{session.Row.Id}/media", form, Ct);

        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "media_store_unavailable");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "media"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(log.Entries, entry => entry.Text.Contains(store.Settings.SecretKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Upkeep_WhenTheStoreIsAway_DoesNotEndTheServer()
    {
        var failed = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(
            settings => settings with { MediaStore = store.Settings with { Endpoint = new Uri("http://127.0.0.1:9") } },
            configure: builder => builder.Logging.AddProvider(new Watcher(text =>
            {
                if (text.Contains("upkeep failed", StringComparison.Ordinal))
                    failed.TrySetResult();
            })));

        await failed.Task.WaitAsync(Ct);

        Assert.Equal(HttpStatusCode.OK, (await server.Http.AskAsync("/api/health")).StatusCode);
        Assert.False(server.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    private sealed class Watcher(Action<string> heard) : ILoggerProvider, ILogger
    {
        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            heard(formatter(state, exception));

        public void Dispose()
        {
        }
    }
}
