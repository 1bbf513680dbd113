using System.Net;
using System.Security.Cryptography;
using Recado.Server.Storage.Sqlite;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Auth;
using Recado.Server.Tests.Sessions;
using Recado.Server.Tests.Storage;
using Recado.Server.Tests.Storage.Postgres;

namespace Recado.Server.Tests.Hosting;

/// <summary>The real executable in an operator's environment: what it refuses to start with, and what it says when it starts.</summary>
public sealed class StartTests : IDisposable
{
    private const string Strong = "8f3b1c77d2e94a05b6c18d90e2f7a41b5c6d";
    private const string How = "make one with: openssl rand -hex 32";

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("SESSION_ENCRYPTION_KEY=your-32-character-encryption-key", $"SESSION_ENCRYPTION_KEY is a placeholder; {How}.")]
    [InlineData("SESSION_ENCRYPTION_KEY=your_32_character_encryption_key_here", $"SESSION_ENCRYPTION_KEY is a placeholder; {How}.")]
    [InlineData($"SESSION_ENCRYPTION_KEY={Strong},your-32-character-encryption-key", $"SESSION_ENCRYPTION_KEY is a placeholder; {How}.")]
    [InlineData("SESSION_ENCRYPTION_KEY=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", $"SESSION_ENCRYPTION_KEY is a placeholder; {How}.")]
    [InlineData("SESSION_ENCRYPTION_KEY=8f3b1c77d2e94a05", $"SESSION_ENCRYPTION_KEY has a key of less than 32 characters; {How}.")]
    [InlineData("SESSION_ENCRYPTION_KEY=", $"SESSION_ENCRYPTION_KEY is missing or empty; in production the key must come from you and be kept apart from the data: {How}.")]
    [InlineData("SESSION_ENCRYPTION_KEY=,", $"SESSION_ENCRYPTION_KEY is missing or empty; in production the key must come from you and be kept apart from the data: {How}.")]
    [InlineData(
        "TRUSTED_PROXIES=",
        "TRUSTED_PROXIES is missing while HOST is 0.0.0.0, where plain HTTP would show tokens to the network; give the address of the proxy that speaks HTTPS "
        + "in front of this server, such as 10.0.0.5 or 172.16.0.0/12, or set HOST=127.0.0.1.")]
    public async Task Start_WhenProductionIsNotSafe_RefusesInOneLine(string setting, string line)
    {
        File.WriteAllText(_folder.File(".env"), setting); // the process's own variables win, and are absent where the file decides
        var environment = new Dictionary<string, string> { ["NODE_ENV"] = "production", ["RECADO_DATA"] = _folder.File("data") };
        if (!setting.StartsWith("TRUSTED_PROXIES", StringComparison.Ordinal))
            environment["TRUSTED_PROXIES"] = "10.0.0.5";
        if (!setting.StartsWith("SESSION_ENCRYPTION_KEY", StringComparison.Ordinal))
            environment["SESSION_ENCRYPTION_KEY"] = Strong;

        var (exitCode, output, errors) = await RecadoProgram.RunAsync(_folder.Path, environment, Ct);

        Assert.Equal((1, "", line + Environment.NewLine), (exitCode, output, errors));
        Assert.False(Directory.Exists(_folder.File("data")));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Start_WithTheOriginalsFile_AuthenticatesAndSaysWhereDataLies()
    {
        await using var project = await FakeGoTrue.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        project.Publish("k", key);
        WriteOriginal(project);

        await using var program = await RecadoProgram.ServeAsync(_folder.Path, NoVariables, Ct);
        var (known, unknown) = await AskAsync(program, TokenOf(project, key));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (known, unknown));
        Assert.Contains(
            $"users come from Supabase; data lies in the embedded database ({_folder.File("data")}) until SUPABASE_DB_URL is set", program.Output, StringComparison.Ordinal);
        Assert.True(File.Exists(SqliteDatabase.FileIn(_folder.File("data"))));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Start_WithADatabaseAsWell_KeepsEverythingThere()
    {
        await using var project = await FakeGoTrue.StartAsync();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        project.Publish("k", key);
        var database = await SupabaseShape.CreateAsync();
        WriteOriginal(project, $"SUPABASE_DB_URL={database}");

        await using var program = await RecadoProgram.ServeAsync(_folder.Path, NoVariables, Ct);
        var (known, _) = await AskAsync(program, TokenOf(project, key));

        Assert.Equal(HttpStatusCode.OK, known);
        Assert.Contains("its data lies in the database ", program.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("embedded", program.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_folder.Path, "*.db*", SearchOption.AllDirectories));
        Assert.NotEqual(["0"], await PostgresServer.QueryAsync(database, "select count(*) from recado.migrations"));
    }

    private static Dictionary<string, string> NoVariables => [];

    private void WriteOriginal(FakeGoTrue project, string more = "") => File.WriteAllText(
        _folder.File(".env"),
        $"""
        SUPABASE_URL={project.Url}
        SUPABASE_SERVICE_KEY=sb_secret_abcdefgh
        FRONTEND_URL=http://localhost:3000
        PORT={ServerProcess.FreePort()}
        SESSION_ENCRYPTION_KEY={Strong}
        {more}
        """);

    private static string TokenOf(FakeGoTrue project, ECDsa key) =>
        TestToken.For(SupabaseShape.Ana, project.Issuer, TimeProvider.System.GetUtcNow().AddHours(1)).SignEs256("k", key);

    /// <returns>What a user of the project gets, and what somebody without a token gets.</returns>
    private static async Task<(HttpStatusCode Known, HttpStatusCode Unknown)> AskAsync(RecadoProgram program, string token)
    {
        using var http = new HttpClient { BaseAddress = program.Address };
        using var unknown = await http.GetAsync("/api/sessions", Ct);
        http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        using var known = await http.GetAsync("/api/sessions", Ct);
        return (known.StatusCode, unknown.StatusCode);
    }
}
