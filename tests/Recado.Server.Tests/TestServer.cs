using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recado.Client.Stores;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Tests.Auth;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests;

/// <summary>The whole server on a port and in a folder of its own.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    public const string LocalToken = "local-token-of-the-tests-0123456789";
    private const string JwtSecret = "jwt-secret-of-the-tests-0123456789abcdef";

    private readonly TemporaryFolder _folder;
    private readonly WebApplication _host;
    private readonly TimeProvider _clock;

    private TestServer(TemporaryFolder folder, WebApplication host, TimeProvider clock)
    {
        (_folder, _host, _clock) = (folder, host, clock);
        Url = RecadoHost.AddressOf(host);
        Http = new HttpClient { BaseAddress = Url };
    }

    public Uri Url { get; }

    /// <summary>Sends no token by itself.</summary>
    public HttpClient Http { get; }

    public IServiceProvider Services => _host.Services;

    public string DataFolder => _folder.Path;

    private static Uri Project => new("https://project.example.test");

    /// <param name="change">Changes the settings, which are those of standalone mode with nothing at WhatsApp's address.</param>
    /// <param name="map">Adds endpoints.</param>
    public static async Task<TestServer> StartAsync(
        Func<RecadoSettings, RecadoSettings>? change = null, TimeProvider? clock = null, Action<WebApplicationBuilder>? configure = null,
        Action<WebApplication>? map = null)
    {
        var folder = new TemporaryFolder();
        var settings = new RecadoSettings
        {
            Port = 0,
            DataFolder = folder.Path,
            EncryptionKeys = ["encryption-key-of-the-tests-0123456789abcdef"],
            LocalToken = LocalToken,
            RateLimitMax = int.MaxValue,
            UserRateLimitMax = int.MaxValue,
            SocketRateLimitMax = int.MaxValue,
            SendRatePerMinute = 0,
            Service = new OtherService(new Uri("ws://127.0.0.1:9/ws/chat"), new byte[32]),
        };
        settings = change?.Invoke(settings) ?? settings;
        var host = RecadoHost.Build(settings, clock, builder =>
        {
            builder.Logging.ClearProviders();
            configure?.Invoke(builder);
        });
        map?.Invoke(host);
        await host.StartAsync();
        return new TestServer(folder, host, clock ?? TimeProvider.System);
    }

    /// <summary>Settings of a server whose users come from Supabase, so that there are several.</summary>
    public static RecadoSettings WithUsers(RecadoSettings settings) =>
        settings with { LocalToken = null, SupabaseUrl = Project, SupabaseJwtSecret = JwtSecret };

    public static RecadoSettings Simulating(RecadoSettings settings) => settings with { Service = null, Simulate = true };

    public string TokenOf(Guid user, TimeSpan? life = null) =>
        TestToken.For(user, $"{Project}auth/v1", _clock.GetUtcNow() + (life ?? TimeSpan.FromHours(1))).SignHs256(JwtSecret);

    public HttpClient As(Guid user) => WithToken(TokenOf(user));

    public HttpClient WithToken(string token) => new()
    {
        BaseAddress = Url,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
    };

    /// <summary>A session that exists and does not run, with the right to write for it.</summary>
    public async Task<OwnedSession> OwnSessionAsync(Guid user, CancellationToken ct)
    {
        var row = await Services.GetRequiredService<ISessionStore>().CreateAsync(user, name: null, int.MaxValue, ct);
        Services.GetRequiredService<RunningSessions>().Add(row!.Id); // so that the supervisor does not take it over
        return (await Services.GetRequiredService<ISessionJournal>().AcquireAsync(row.Id, ct))!;
    }

    public async Task WriteAsync(OwnedSession session, CancellationToken ct, params IReadOnlyList<JournalEntry> entries) =>
        Assert.True(await Services.GetRequiredService<ISessionJournal>().CommitAsync(session.Lease, DeviceChanges.Empty, entries, ct));

    /// <summary>As another process over the same database would.</summary>
    public async Task RemoveKeyAsync(Guid user, Guid key) =>
        Assert.NotNull(await Services.GetRequiredService<IApiKeyStore>().RemoveAsync(user, key, TestContext.Current.CancellationToken));

    public Task StopAsync() => _host.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.StopAsync();
        await _host.DisposeAsync();
        _folder.Dispose();
    }
}
