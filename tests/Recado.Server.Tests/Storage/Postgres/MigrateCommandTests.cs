using Recado.Server.Hosting;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class MigrateCommandTests
{
    [Theory]
    [InlineData("--dry")]
    [InlineData("--from-sqlite --dry-run")]
    [InlineData("--from-sqlite --user me")]
    public void Parse_WhenTheWordsMakeNoSense_GivesNothing(string words) => Assert.Null(MigrateCommand.Parse(words.Split(' ')));

    [Fact]
    public async Task DryRun_WhenTheDatabaseIsEmpty_PrintsTheSqlAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var settings = new RecadoSettings { DataFolder = folder.Path, Database = await SharedPostgres.CreateDatabaseAsync(isMigrated: false) };

        var shown = await RunAsync(settings, "--dry-run");
        var tables = await PostgresServer.QueryAsync(settings.Database, "select count(*) from pg_tables where schemaname in ('public', 'recado')");
        var applied = await RunAsync(settings);
        var shownAfter = await RunAsync(settings, "--dry-run");

        Assert.Contains("-- 0001-sessions", shown, StringComparison.Ordinal);
        Assert.Contains("create table recado.device_records", shown, StringComparison.Ordinal);
        Assert.Equal(["0"], tables);
        Assert.Contains("is at schema", applied, StringComparison.Ordinal);
        Assert.Contains("is up to date", Assert.Single(shownAfter.Trim().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task DryRun_WhenDataIsEmbedded_PrintsTheSqlAndChangesNothing()
    {
        using var folder = new TemporaryFolder();
        var settings = new RecadoSettings { DataFolder = folder.Path };

        var shown = await RunAsync(settings, "--dry-run");
        var isThere = File.Exists(SqliteDatabase.FileIn(folder.Path));
        await RunAsync(settings);

        Assert.Contains("create table device_records", shown, StringComparison.Ordinal);
        Assert.False(isThere);
        Assert.Contains("is up to date", await RunAsync(settings, "--dry-run"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Move_WhenThereIsNoPostgres_SaysWhichSettingIsMissing()
    {
        using var folder = new TemporaryFolder();

        var e = await Assert.ThrowsAsync<StartException>(() => RunAsync(new RecadoSettings { DataFolder = folder.Path }, "--from-sqlite"));

        Assert.StartsWith("SUPABASE_DB_URL is missing", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_WhenTheDatabaseIsSupabasesAndItsUsersCannotSignIn_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var settings = new RecadoSettings { DataFolder = folder.Path, LocalToken = "token", Database = await SupabaseShape.CreateAsync() };

        var e = Assert.Throws<StartException>(() => RecadoHost.Build(settings));

        Assert.Contains("SUPABASE_URL", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(RecadoSettings settings, params string[] words)
    {
        var console = new StringWriter();
        await MigrateCommand.Parse(words)!(new MigrateCommand(settings, console));
        return console.ToString();
    }
}
