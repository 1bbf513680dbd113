using System.Net;
using Recado.Protocol.Pairing;

namespace Recado.Server.Hosting;

/// <summary>Everything the environment or <c>.env</c> says, already checked.</summary>
internal sealed record RecadoSettings
{
    /// <summary>A <see cref="FfmpegPath"/> that turns everything off that needs the program.</summary>
    public const string NoFfmpeg = "none";

    /// <summary>Port of HTTP and WebSocket; 0 picks a free one. Default: 3001.</summary>
    public int Port { get; init; } = 3001;

    /// <summary>Address to listen on. Default: 127.0.0.1, in production 0.0.0.0.</summary>
    public string Host { get; init; } = "127.0.0.1";

    public bool IsProduction { get; init; }

    /// <summary>Origins that CORS allows, without a trailing slash.</summary>
    public IReadOnlyList<string> FrontendOrigins { get; init; } = ["http://localhost:3000"];

    /// <summary>The Supabase project, without a trailing slash, or null in standalone mode.</summary>
    public Uri? SupabaseUrl { get; init; }

    public string? SupabaseServiceKey { get; init; }

    public string? SupabaseJwtSecret { get; init; }

    /// <summary>How to connect to Postgres, in the driver's form; null: data lies in the embedded database.</summary>
    public string? Database { get; init; }

    public bool IsStandalone => SupabaseUrl is null;

    /// <summary>The token of standalone mode's only user; preset or generated at this start. Null with Supabase.</summary>
    public string? LocalToken { get; init; }

    /// <summary>Secrets that encrypt key material, newest first. Empty: one is generated and kept in the data folder.</summary>
    public IReadOnlyList<string> EncryptionKeys { get; init; } = [];

    /// <summary>Whether what people write is encrypted too, so that the database alone does not tell it. Default: no.</summary>
    public bool EncryptMessages { get; init; }

    public int MaxSessionsPerUser { get; init; } = 5;

    /// <summary>How long a session waits for its QR code to be scanned. Default: 1 h.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromHours(1);

    public int RateLimitMax { get; init; } = 100;

    public TimeSpan RateLimitWindow { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Requests of one user on <c>/api</c> in the window, from wherever they come.</summary>
    public int UserRateLimitMax { get; init; } = 1000;

    /// <summary>Commands of one user over WebSockets in the window.</summary>
    public int SocketRateLimitMax { get; init; } = 5000;

    /// <summary>Messages that a session sends a minute; 0 for no limit.</summary>
    public int SendRatePerMinute { get; init; } = 30;

    /// <summary>Messages that a session may send at once after a pause.</summary>
    public int SendBurst { get; init; } = 30;

    /// <summary>Messages that may wait in a session.</summary>
    public int SendQueueMax { get; init; } = 1000;

    /// <summary>How long a message may wait.</summary>
    public TimeSpan SendQueueMaxAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Proxies whose <c>X-Forwarded-*</c> headers count.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Full path of the folder of the embedded database, files and the simulator's state.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Another service than WhatsApp's, with the key its certificates chain to; null means WhatsApp itself.</summary>
    public OtherService? Service { get; init; }

    /// <summary>The WhatsApp Web version to announce; the file <c>whatsapp-version</c> in the data folder wins over it.</summary>
    public WebVersion? WhatsAppVersion { get; init; }

    /// <summary>Where files are kept instead of the data folder.</summary>
    public S3Settings? MediaStore { get; init; }

    /// <summary>Lets links lead into private networks, for tests and development.</summary>
    public bool AllowPrivateLinks { get; init; }

    /// <summary>Path of the program ffmpeg, beside which ffprobe lies, or <see cref="NoFfmpeg"/>; null searches the PATH.</summary>
    public string? FfmpegPath { get; init; }

    public TelemetrySettings Telemetry { get; init; } = TelemetrySettings.Off;

    /// <summary>Hosts the simulator on the same port and connects to it.</summary>
    public bool Simulate { get; init; }
}

/// <summary>A WebSocket address and the 32-byte public key that its Noise certificates chain to.</summary>
/// <param name="MediaAuthority">PEM of an authority that its media hosts' certificates may chain to, beside the system's.</param>
internal sealed record OtherService(Uri Url, ReadOnlyMemory<byte> RootKey, string? MediaAuthority = null);
