using Recado.Server.Hosting;

namespace Recado.Server.Tests.Hosting;

public sealed class StartMessageTests
{
    private static readonly RecadoSettings Standalone = new() { DataFolder = "/data", LocalToken = "token" };
    private static readonly RecadoSettings WithUsers = new() { DataFolder = "/data", SupabaseUrl = new Uri("https://project.supabase.co") };

    [Fact]
    public void Print_WhenOnlyUsersComeFromSupabase_SaysInOneLineWhereDataLiesAndWhatChangesIt()
    {
        var line = Assert.Single(Print(WithUsers), l => l.Contains("SUPABASE_DB_URL", StringComparison.Ordinal));

        Assert.Contains("data lies in the embedded database (/data) until SUPABASE_DB_URL is set (Supabase dashboard: Connect", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Print_WhenDataLiesInPostgres_NamesItWithoutThePassword()
    {
        var lines = Print(WithUsers with { Database = "Host=db.example;Port=6543;Database=postgres;Username=u;Password=sesame" });

        Assert.Contains("its data lies in the database postgres at db.example:6543, its files in /data", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain(lines, l => l.Contains("sesame", StringComparison.Ordinal) || l.Contains("SUPABASE_DB_URL", StringComparison.Ordinal));
    }

    [Fact]
    public void Print_WhenStandalone_ShowsTheToken() => Assert.Contains(Print(Standalone), l => l.Contains("?token=token", StringComparison.Ordinal));

    private static string[] Print(RecadoSettings settings)
    {
        var console = new StringWriter();
        StartMessage.Print(console, settings, new Uri("http://127.0.0.1:3001"));
        return console.ToString().Split('\n');
    }
}
