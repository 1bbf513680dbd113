using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Pairing;
using Recado.Server.Storage.Postgres;

namespace Recado.Server.Hosting;

/// <summary>Checks the variables and makes <see cref="RecadoSettings"/> of them. Reports everything that is wrong at once, one line each.</summary>
internal sealed partial class SettingsReader
{
    private readonly EnvironmentValues _values;
    private readonly List<string> _problems = [];
    private readonly bool _isProduction;

    private SettingsReader(EnvironmentValues values)
    {
        _values = values;
        _isProduction = ReadIsProduction();
    }

    /// <exception cref="StartException">At least one setting is wrong; nothing was touched.</exception>
    public static RecadoSettings Read(EnvironmentValues values, bool simulate, IRandomSource random)
    {
        var reader = new SettingsReader(values);
        var settings = reader.ReadAll(simulate, random);
        return reader._problems.Count == 0 ? settings : throw new StartException(reader._problems);
    }

    private RecadoSettings ReadAll(bool simulate, IRandomSource random)
    {
        var (supabase, host, proxies) = (ReadSupabaseUrl(), ReadHost(), ReadProxies());
        CheckExposure(host, proxies);
        return new RecadoSettings
        {
            Port = ReadNumber("PORT", 3001, 0, 65_535),
            Host = host,
            IsProduction = _isProduction,
            FrontendOrigins = ReadOrigins(),
            SupabaseUrl = supabase,
            SupabaseServiceKey = ReadServiceKey(supabase),
            SupabaseJwtSecret = ReadJwtSecret(supabase),
            Database = ReadDatabase(),
            LocalToken = supabase is null ? ReadLocalToken(random) : null,
            EncryptionKeys = ReadEncryptionKeys(),
            EncryptMessages = ReadFlag("ENCRYPT_MESSAGES"),
            MaxSessionsPerUser = ReadNumber("WHATSAPP_MAX_SESSIONS_PER_USER", 5, 1, 100_000),
            SessionTimeout = TimeSpan.FromMilliseconds(ReadNumber("WHATSAPP_SESSION_TIMEOUT", 3_600_000, 1_000, int.MaxValue)),
            RateLimitMax = ReadNumber("RATE_LIMIT_MAX", 100, 1, int.MaxValue),
            RateLimitWindow = TimeSpan.FromMilliseconds(ReadNumber("RATE_LIMIT_WINDOW_MS", 900_000, 1_000, int.MaxValue)),
            UserRateLimitMax = ReadNumber("RATE_LIMIT_USER_MAX", 1000, 1, int.MaxValue),
            SocketRateLimitMax = ReadNumber("RATE_LIMIT_SOCKET_MAX", 5000, 1, int.MaxValue),
            SendRatePerMinute = ReadNumber("SEND_RATE_PER_MINUTE", 30, 0, 60_000),
            SendBurst = ReadNumber("SEND_BURST", 30, 1, 60_000),
            SendQueueMax = ReadNumber("SEND_QUEUE_MAX", 1000, 0, 100_000),
            SendQueueMaxAge = TimeSpan.FromMilliseconds(ReadNumber("SEND_QUEUE_MAX_AGE_MS", 86_400_000, 1_000, int.MaxValue)),
            TrustedProxies = proxies,
            DataFolder = Path.GetFullPath(_values["RECADO_DATA"] ?? "data"),
            Service = ReadService(simulate),
            WhatsAppVersion = ReadVersion(),
            MediaStore = ReadMediaStore(),
            AllowPrivateLinks = ReadAllowPrivateLinks(),
            FfmpegPath = ReadFfmpegPath(),
            Telemetry = ReadTelemetry(),
            Simulate = simulate,
        };
    }

    private bool ReadIsProduction()
    {
        var (node, asp) = (_values["NODE_ENV"], _values["ASPNETCORE_ENVIRONMENT"]);
        if (node is not null && asp is not null && Is(node) != Is(asp))
            Problem("NODE_ENV", $"says '{node}' while ASPNETCORE_ENVIRONMENT says '{asp}'; set one of them, or both alike");

        return Is(node) || Is(asp);

        static bool Is(string? name) => string.Equals(name, "production", StringComparison.OrdinalIgnoreCase);
    }

    private string ReadHost()
    {
        var host = _values["HOST"] ?? (_isProduction ? "0.0.0.0" : "127.0.0.1");
        if (host == "localhost")
            return "127.0.0.1";
        if (!IPAddress.TryParse(host, out _))
            Problem("HOST", $"is '{host}'; give the IP address to listen on, such as 127.0.0.1 or 0.0.0.0");

        return host;
    }

    /// <summary>The server speaks plain HTTP: in production that is for this machine, or for a proxy that keeps tokens from being read on the way.</summary>
    private void CheckExposure(string host, List<IPNetwork> proxies)
    {
        if (!_isProduction || proxies.Count > 0 || _values["TRUSTED_PROXIES"] is not null || !IPAddress.TryParse(host, out var address) || IPAddress.IsLoopback(address))
            return;

        Problem(
            "TRUSTED_PROXIES",
            $"is missing while HOST is {host}, where plain HTTP would show tokens to the network; give the address of the proxy that speaks HTTPS "
            + "in front of this server, such as 10.0.0.5 or 172.16.0.0/12, or set HOST=127.0.0.1");
    }

    private List<string> ReadOrigins()
    {
        var origins = new List<string>();
        foreach (var text in List("FRONTEND_URL", "http://localhost:3000"))
        {
            if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
                origins.Add(uri.GetLeftPart(UriPartial.Authority));
            else
                Problem("FRONTEND_URL", $"has '{text}'; give origins such as https://app.example.com, separated by commas");
        }

        return origins;
    }

    private Uri? ReadSupabaseUrl()
    {
        if (_values["SUPABASE_URL"] is not { } text)
            return null;
        if (Uri.TryCreate(text.TrimEnd('/'), UriKind.Absolute, out var uri) && (uri.Scheme == "https" || (uri.Scheme == "http" && uri.IsLoopback)))
            return uri;

        Problem("SUPABASE_URL", $"is '{text}'; give the project URL, https://<project>.supabase.co (Supabase dashboard: Project Settings, Data API)");
        return null;
    }

    private string? ReadDatabase()
    {
        if (_values["SUPABASE_DB_URL"] is not { } text)
            return null;
        if (!PostgresAddress.TryParse(text, out var connection, out var problem))
            Problem("SUPABASE_DB_URL", $"{problem} (Supabase dashboard: Connect, any of the three connection strings)");

        return connection;
    }

    private string? ReadServiceKey(Uri? supabase)
    {
        const string where = "Supabase dashboard: Project Settings, API Keys, service_role or secret key";
        if (_values["SUPABASE_SERVICE_KEY"] is not { } key)
            return null;
        if (_values["SUPABASE_URL"] is null && supabase is null)
            Problem("SUPABASE_SERVICE_KEY", "is set without SUPABASE_URL; set both, or none for standalone mode");
        if (key.StartsWith("sb_publishable_", StringComparison.Ordinal) || SecretChecks.JwtRole(key) == "anon")
            Problem("SUPABASE_SERVICE_KEY", $"is the public key; the backend needs the secret one ({where})");
        else if (_isProduction && SecretChecks.IsPlaceholder(key))
            Problem("SUPABASE_SERVICE_KEY", $"is a placeholder; give the real key ({where})");

        return key;
    }

    private string? ReadJwtSecret(Uri? supabase)
    {
        const string where = "Supabase dashboard: Project Settings, JWT Keys, legacy JWT secret";
        if (_values["SUPABASE_JWT_SECRET"] is not { } secret)
            return null;
        if (_values["SUPABASE_URL"] is null && supabase is null)
            Problem("SUPABASE_JWT_SECRET", "is set without SUPABASE_URL; set both, or none for standalone mode");
        if (_isProduction && (secret.Length < 32 || SecretChecks.IsPlaceholder(secret)))
            Problem("SUPABASE_JWT_SECRET", $"is too short or a placeholder; give the project's own ({where})");

        return secret;
    }

    private string ReadLocalToken(IRandomSource random)
    {
        if (_values["RECADO_LOCAL_TOKEN"] is not { } token)
            return Convert.ToHexStringLower(random.Bytes(24));
        if (token.Length < 32 || token.Any(c => c is <= ' ' or > '~'))
            Problem("RECADO_LOCAL_TOKEN", $"has {token.Length} characters; give 32 or more printable ones without spaces: openssl rand -hex 32");
        else if (_isProduction && SecretChecks.IsPlaceholder(token))
            Problem("RECADO_LOCAL_TOKEN", "is a placeholder; make one with: openssl rand -hex 32");

        return token;
    }

    private List<string> ReadEncryptionKeys()
    {
        const string how = "make one with: openssl rand -hex 32";
        var keys = List("SESSION_ENCRYPTION_KEY", "");
        if (_isProduction && keys.Count == 0)
            Problem("SESSION_ENCRYPTION_KEY", $"is missing or empty; in production the key must come from you and be kept apart from the data: {how}");
        if (_isProduction && keys.Any(k => k.Length < 32))
            Problem("SESSION_ENCRYPTION_KEY", $"has a key of less than 32 characters; {how}");
        else if (_isProduction && keys.Any(SecretChecks.IsPlaceholder))
            Problem("SESSION_ENCRYPTION_KEY", $"is a placeholder; {how}");

        return keys;
    }

    private List<IPNetwork> ReadProxies()
    {
        var proxies = new List<IPNetwork>();
        foreach (var text in List("TRUSTED_PROXIES", ""))
        {
            if (IPNetwork.TryParse(text, out var network))
                proxies.Add(network);
            else if (IPAddress.TryParse(text, out var address))
                proxies.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else
                Problem("TRUSTED_PROXIES", $"has '{text}'; give addresses or networks such as 10.0.0.5 or 10.0.0.0/8, separated by commas");
        }

        return proxies;
    }

    private OtherService? ReadService(bool simulate)
    {
        var (url, key) = (_values["WHATSAPP_URL"], _values["WHATSAPP_ROOT_KEY"]);
        var other = simulate || url is not null || key is not null;
        if (other && _isProduction && _values["WHATSAPP_ALLOW_OTHER"] != "true")
            Problem(simulate ? "--simulate" : "WHATSAPP_URL", "is not WhatsApp, which production refuses; set WHATSAPP_ALLOW_OTHER=true if you mean it");
        if (simulate && (url is not null || key is not null))
            Problem("WHATSAPP_URL", "and WHATSAPP_ROOT_KEY name another service than --simulate; use one or the other");
        if (url is null && key is null)
            return null;

        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("ws" or "wss"))
            Problem("WHATSAPP_URL", $"is '{url}'; give a WebSocket address such as ws://127.0.0.1:4001/ws/chat (the simulator prints its own)");
        if (key?.Length != 64 || key.Any(c => !char.IsAsciiHexDigit(c)))
            Problem("WHATSAPP_ROOT_KEY", "must be 64 hex digits (the simulator prints its own)");

        var authority = ReadMediaAuthority();
        return _problems.Count > 0 ? null : new OtherService(uri!, Convert.FromHexString(key!), authority);
    }

    private string? ReadMediaAuthority()
    {
        if (_values["WHATSAPP_MEDIA_CA"] is not { } path)
            return null;
        try
        {
            var pem = File.ReadAllText(path);
            new X509Certificate2Collection().ImportFromPem(pem);
            return pem;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            Problem("WHATSAPP_MEDIA_CA", $"is '{path}', which is no file of PEM certificates (the simulator prints the place of its own)");
            return null;
        }
    }

    private WebVersion? ReadVersion()
    {
        if (_values["WHATSAPP_VERSION"] is not { } text)
            return null;
        try
        {
            return WebVersion.Parse(text);
        }
        catch (Exception e) when (e is FormatException or RecadoException)
        {
            Problem("WHATSAPP_VERSION", $"is '{text}'; give three numbers such as 2.3000.1045649367");
            return null;
        }
    }

    private bool ReadFlag(string name)
    {
        if (_values[name] is not (null or "true" or "false"))
            Problem(name, $"is '{_values[name]}'; give true or false");

        return _values[name] == "true";
    }

    private int ReadNumber(string name, int fallback, int least, int most)
    {
        if (_values[name] is not { } text)
            return fallback;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;

        Problem(name, $"is '{text}'; give a whole number from {least} to {most}");
        return fallback;
    }

    private List<string> List(string name, string fallback) =>
        [.. (_values[name] ?? fallback).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private void Problem(string name, string what) => _problems.Add($"{name} {what}.");
}
