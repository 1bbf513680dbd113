using System.Net;
using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;
using Recado.Protocol.Pairing;

namespace Recado.Client;

/// <summary>How a session connects. The defaults reach WhatsApp.</summary>
public sealed record ClientOptions
{
    /// <summary>The WebSocket endpoint of WhatsApp or of a simulator. Default: <c>wss://web.whatsapp.com/ws/chat</c>.</summary>
    public Uri Endpoint { get; init; } = new("wss://web.whatsapp.com/ws/chat");

    /// <summary>The 32-byte key that the service's certificates must chain to. Default: WhatsApp's.</summary>
    public ReadOnlyMemory<byte> RootKey { get; init; } = CertificateVerifier.WhatsAppRoot;

    /// <summary>Which WhatsApp Web version to announce. Default: the one this release was tested with.</summary>
    public IWebVersionSource Version { get; init; } = FixedWebVersion.BuiltIn;

    /// <summary>How the device presents itself when it is linked.</summary>
    public DeviceProfile Device { get; init; } = new("Recado", DevicePlatform.Chrome);

    /// <summary>An HTTP (CONNECT) or SOCKS5 proxy. Default: none, the system's settings are not used.</summary>
    public IWebProxy? Proxy { get; init; }

    /// <summary>
    /// Whether to appear online while connected. Phones stay silent about new messages while a linked device is online. Default: false.
    /// </summary>
    public bool AnnounceAvailable { get; init; }

    /// <summary>How long the TCP, TLS and WebSocket handshakes together may take. Default: 20 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait for the service's part of the Noise handshake, and for its verdict after it. Default: 20 s each.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to wait for the answer to a query or for the service to take a message. Default: 75 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>The pause between keep-alive queries is drawn between this and half more. Default: 20 s.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a keep-alive query may go unanswered. Default: 10 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Silence after which, with a keep-alive query unanswered, the connection counts as lost. Default: 60 s.</summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the first QR code of a round is valid. Default: 60 s.</summary>
    public TimeSpan FirstQrLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long each further QR code is valid. Default: 20 s.</summary>
    public TimeSpan QrLifetime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The step of the reconnect delays: 0, one step, two steps, and so on, each ±20 %. Default: 2 s.</summary>
    public TimeSpan ReconnectStep { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest reconnect delay. Default: 60 s.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// What files travel through; made by <see cref="Media.MediaHttp.Create"/>, and best shared by all sessions of a process. Default: a
    /// client of the session's own that trusts the system's authorities.
    /// </summary>
    public HttpClient? MediaHttp { get; init; }

    /// <summary>How long a transfer of a file may stand still before it counts as broken off. Default: 30 s.</summary>
    public TimeSpan MediaStallTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the phone may take to upload a file again that has expired at WhatsApp. Default: 60 s.</summary>
    public TimeSpan MediaRetryTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the phone may take to answer a request for older messages. Default: 60 s.</summary>
    public TimeSpan HistoryRequestTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long the author of a message that cannot be decrypted may take to send it again before the phone is asked for it. Default: 5 s.
    /// </summary>
    public TimeSpan PlaceholderDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the encrypted form of an upload lies while it is sent. Default: the system's folder for such files.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>How long a sent message can be given again to a recipient that could not decrypt it. Default: 7 days.</summary>
    public TimeSpan SentMessageLifetime { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long the signed prekey is used before a new one replaces it. Default: null, never.</summary>
    public TimeSpan? SignedPreKeyLifetime { get; init; }

    /// <summary>How many steps may wait for the reader before the client stops reading from the network. Default: 1024.</summary>
    public int EventCapacity { get; init; } = 1024;

    /// <summary>The clock of everything. Default: the system's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The source of keys, ids and jitter. Default: the system's.</summary>
    public IRandomSource Random { get; init; } = RandomSource.System;
}
