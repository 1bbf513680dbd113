using Npgsql;
using Recado.Protocol.Crypto;
using Recado.Server.Hosting;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Hosting;

public sealed class SettingsReaderTests : IDisposable
{
    private const string Strong = "8f3b1c77d2e94a05b6c18d90e2f7a41b5c6d";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_WhenNothingIsSet_GivesTheDefaults()
    {
        var settings = Read();

        Assert.Equal((3001, "127.0.0.1", false, true), (settings.Port, settings.Host, settings.IsProduction, settings.IsStandalone));
        Assert.Equal(["http://localhost:3000"], settings.FrontendOrigins);
        Assert.Equal((5, TimeSpan.FromHours(1)), (settings.MaxSessionsPerUser, settings.SessionTimeout));
        Assert.Equal((100, TimeSpan.FromMinutes(15)), (settings.RateLimitMax, settings.RateLimitWindow));
        Assert.True(settings.LocalToken!.Length >= 32);
        Assert.NotEqual(settings.LocalToken, Read().LocalToken);
        Assert.Null(settings.Service);
    }

    [Fact]
    public void Read_WhenTheFileAndTheEnvironmentDiffer_TakesTheEnvironment()
    {
        File.WriteAllText(_folder.File(".env"), """
            # a comment
            PORT=4000
            export HOST = "0.0.0.0"
            FRONTEND_URL='https://a.example, https://b.example/' # two
            RATE_LIMIT_MAX=
            SESSION_ENCRYPTION_KEY=new#key,old   # rotated
            """);

        var settings = Read(("PORT", "5000"));

        Assert.Equal((5000, "0.0.0.0", 100), (settings.Port, settings.Host, settings.RateLimitMax));
        Assert.Equal(["https://a.example", "https://b.example"], settings.FrontendOrigins);
        Assert.Equal(["new#key", "old"], settings.EncryptionKeys);
    }

    [Theory]
    [InlineData("PORT", "abc")]
    [InlineData("PORT", "70000")]
    [InlineData("HOST", "somewhere")]
    [InlineData("FRONTEND_URL", "example.com")]
    [InlineData("SUPABASE_URL", "http://example.com")]
    [InlineData("SUPABASE_SERVICE_KEY", "sb_secret_1")]
    [InlineData("SUPABASE_JWT_SECRET", Strong)]
    [InlineData("SUPABASE_DB_URL", "postgres://host/db")]
    [InlineData("SUPABASE_DB_URL", "https://project.supabase.co")]
    [InlineData("SUPABASE_DB_URL", "postgresql://postgres:[YOUR-PASSWORD]@db.x.supabase.co:5432/postgres")]
    [InlineData("SUPABASE_DB_URL", "postgresql://u:p@h/db?sslmode=sometimes")]
    [InlineData("SUPABASE_DB_URL", "postgresql://u:p@h/db?what=1")]
    [InlineData("SUPABASE_DB_URL", "Host=h;Colour=blue")]
    [InlineData("SUPABASE_DB_URL", "db.x.supabase.co")]
    [InlineData("WHATSAPP_MAX_SESSIONS_PER_USER", "0")]
    [InlineData("WHATSAPP_SESSION_TIMEOUT", "-1")]
    [InlineData("RATE_LIMIT_WINDOW_MS", "1e9")]
    [InlineData("RATE_LIMIT_USER_MAX", "0")]
    [InlineData("RATE_LIMIT_SOCKET_MAX", "many")]
    [InlineData("SEND_RATE_PER_MINUTE", "-1")]
    [InlineData("SEND_BURST", "0")]
    [InlineData("SEND_QUEUE_MAX", "1000000")]
    [InlineData("SEND_QUEUE_MAX_AGE_MS", "1")]
    [InlineData("TRUSTED_PROXIES", "10.0.0.0/99")]
    [InlineData("RECADO_LOCAL_TOKEN", "short")]
    [InlineData("WHATSAPP_ROOT_KEY", "00")]
    [InlineData("WHATSAPP_URL", "http://127.0.0.1")]
    [InlineData("WHATSAPP_VERSION", "latest")]
    [InlineData("MEDIA_STORE_URL", "https://example.com/bucket")]
    [InlineData("MEDIA_STORE_URL", "s3://host/bucket")]
    [InlineData("MEDIA_STORE_URL", "s3://key:secret@host/")]
    [InlineData("MEDIA_STORE_URL", "s3://key:secret@host/bucket?tls=maybe")]
    [InlineData("ALLOW_PRIVATE_LINKS", "yes")]
    [InlineData("FFMPEG_PATH", "/no/such/program")]
    public void Read_WhenASettingIsWrong_NamesIt(string name, string value)
    {
        var e = Assert.Throws<StartException>(() => Read((name, value)));

        Assert.Contains(e.Problems, problem => problem.StartsWith(name, StringComparison.Ordinal));
        Assert.All(e.Problems, problem => Assert.DoesNotContain('\n', problem));
    }

    [Theory]
    [InlineData("postgresql://postgres.ref:p%23%40ss@aws-0-eu.pooler.supabase.com:6543/postgres?sslmode=require&pgbouncer=true", 6543)]
    [InlineData("postgres://postgres.ref:p%23%40ss@aws-0-eu.pooler.supabase.com/postgres?sslmode=require", 5432)]
    [InlineData("Host=aws-0-eu.pooler.supabase.com;Username=postgres.ref;Password=p#@ss;SSL Mode=Require", 5432)]
    public void Read_WhenThereIsADatabase_UnderstandsEveryForm(string text, int port)
    {
        var address = new NpgsqlConnectionStringBuilder(Read(("SUPABASE_DB_URL", text)).Database);

        Assert.Equal(
            ("aws-0-eu.pooler.supabase.com", port, "postgres.ref", "p#@ss", "postgres", SslMode.Require),
            (address.Host, address.Port, address.Username, address.Password, address.Database, address.SslMode));
        Assert.True(address is { NoResetOnClose: true, MaxAutoPrepare: 0 });
    }

    [Fact]
    public void Read_WhenTheDatabasesAddressIsWrong_NeverShowsThePassword()
    {
        var e = Assert.Throws<StartException>(() => Read(("SUPABASE_DB_URL", "postgresql://u:sesame#1@h/db?sslmode=never")));

        Assert.DoesNotContain("sesame", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenSeveralSettingsAreWrong_NamesThemAllAtOnce()
    {
        var e = Assert.Throws<StartException>(() => Read(("PORT", "x"), ("HOST", "x"), ("WHATSAPP_VERSION", "x")));

        Assert.Equal(3, e.Problems.Count);
    }

    [Theory]
    [InlineData("SESSION_ENCRYPTION_KEY", null)]
    [InlineData("SESSION_ENCRYPTION_KEY", "too short")]
    [InlineData("SESSION_ENCRYPTION_KEY", "your-32-character-encryption-key-here")]
    [InlineData("SESSION_ENCRYPTION_KEY", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("RECADO_LOCAL_TOKEN", "change-me-change-me-change-me-change-me")]
    public void Read_WhenProductionHasAWeakSecret_Refuses(string name, string? value)
    {
        var variables = new Dictionary<string, string?> { ["NODE_ENV"] = "production", ["HOST"] = "127.0.0.1", ["SESSION_ENCRYPTION_KEY"] = Strong, [name] = value };

        var e = Assert.Throws<StartException>(() => Read([.. variables.Select(v => (v.Key, v.Value))]));

        Assert.StartsWith(name, Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenProductionIsComplete_ListensEverywhere()
    {
        var settings = Read(("ASPNETCORE_ENVIRONMENT", "Production"), ("SESSION_ENCRYPTION_KEY", Strong), ("TRUSTED_PROXIES", "10.0.0.5"));

        Assert.Equal((true, "0.0.0.0"), (settings.IsProduction, settings.Host));
    }

    [Fact]
    public void Read_WhenTheEnvironmentsContradict_Refuses()
    {
        var e = Assert.Throws<StartException>(() =>
            Read(("NODE_ENV", "production"), ("ASPNETCORE_ENVIRONMENT", "Development"), ("HOST", "127.0.0.1"), ("SESSION_ENCRYPTION_KEY", Strong)));

        Assert.StartsWith("NODE_ENV", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sb_publishable_abc")]
    [InlineData("eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln")]
    public void Read_WhenTheServiceKeyIsThePublicOne_SaysWhereTheOtherIs(string key)
    {
        var e = Assert.Throws<StartException>(() => Read(("SUPABASE_URL", "https://abc.supabase.co"), ("SUPABASE_SERVICE_KEY", key)));

        Assert.Contains("Supabase dashboard", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenOnlyTheOriginalsVariablesAreSet_UsesSupabaseForUsers()
    {
        var settings = Read(("SUPABASE_URL", "https://abc.supabase.co/"), ("SUPABASE_SERVICE_KEY", "sb_secret_abc"));

        Assert.Equal((new Uri("https://abc.supabase.co"), "sb_secret_abc", null), (settings.SupabaseUrl, settings.SupabaseServiceKey, settings.LocalToken));
    }

    [Fact]
    public void Read_WhenProductionWouldLetLinksIntoItsNetwork_Refuses()
    {
        (string, string?)[] open = [("ALLOW_PRIVATE_LINKS", "true"), ("HOST", "::1"), ("SESSION_ENCRYPTION_KEY", Strong)];

        var e = Assert.Throws<StartException>(() => Read([.. open, ("NODE_ENV", "production")]));

        Assert.StartsWith("ALLOW_PRIVATE_LINKS", Assert.Single(e.Problems), StringComparison.Ordinal);
        Assert.True(Read(open).AllowPrivateLinks);
    }

    [Fact]
    public void Read_WhenTheMediaStoreIsMisspelt_DoesNotRepeatItsSecret()
    {
        var e = Assert.Throws<StartException>(() => Read(("MEDIA_STORE_URL", "s3://key:TopSecret@host")));

        Assert.DoesNotContain("TopSecret", Assert.Single(e.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_WhenAnotherServiceIsNamed_RefusesItInProductionUnlessAllowed()
    {
        (string, string?)[] other =
            [("HOST", "localhost"), ("WHATSAPP_URL", "ws://127.0.0.1:4001/ws/chat"), ("WHATSAPP_ROOT_KEY", new string('a', 64)), ("SESSION_ENCRYPTION_KEY", Strong)];

        var development = Read(other);
        var e = Assert.Throws<StartException>(() => Read([.. other, ("NODE_ENV", "production")]));
        var allowed = Read([.. other, ("NODE_ENV", "production"), ("WHATSAPP_ALLOW_OTHER", "true")]);

        Assert.Equal(new Uri("ws://127.0.0.1:4001/ws/chat"), development.Service!.Url);
        Assert.StartsWith("WHATSAPP_URL", Assert.Single(e.Problems), StringComparison.Ordinal);
        Assert.Equal(32, allowed.Service!.RootKey.Length);
    }

    private RecadoSettings Read(params (string Name, string? Value)[] environment) => SettingsReader.Read(
        EnvironmentValues.Read(environment.Select(v => KeyValuePair.Create(v.Name, v.Value)), _folder.File(".env")), simulate: false, RandomSource.System);
}
