using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Recado.Protocol.Crypto;

namespace Recado.Simulator;

/// <summary>How the simulated service behaves. Every setting has a working default.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Address the service listens on when it hosts itself. Default: loopback. Anything else is announced by a warning.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>TCP port when it hosts itself; 0, the default, takes a free one.</summary>
    public int Port { get; set; }

    /// <summary>TCP port of the media host, which is always one of its own; 0, the default, takes a free one.</summary>
    public int MediaPort { get; set; }

    /// <summary>
    /// File that keeps keys, accounts, phones, devices and undelivered stanzas, so that a restarted service continues where it was.
    /// <see langword="null"/>, the default, keeps everything in memory.
    /// </summary>
    public string? StateFile { get; set; }

    /// <summary>
    /// Whether the service refuses what WhatsApp refuses. When off, a violation is still written to the trace, and the stanza is taken if
    /// it can be. Default: on.
    /// </summary>
    public bool Strict { get; set; } = true;

    /// <summary>Stanzas and notes the trace keeps; the oldest make room. 0 records violations only. Default: 20,000.</summary>
    public int TraceCapacity { get; set; } = 20_000;

    /// <summary>How many refs a pairing connection is given. Default: 6.</summary>
    public int QrRefs { get; set; } = 6;

    /// <summary>Life of the first ref. Default: 60 s.</summary>
    public TimeSpan FirstQrLifetime { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Life of each further ref. Default: 20 s.</summary>
    public TimeSpan QrLifetime { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Time between a stream error and the end of the connection. Default: 50 ms.</summary>
    public TimeSpan CloseDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A device with fewer one-time prekeys than this is told to upload more. Default: 10.</summary>
    public int PreKeyThreshold { get; set; } = 10;

    /// <summary>Clock of the service and its phones. Default: the system's.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Source of keys, ids and padding. Default: the system's.</summary>
    public IRandomSource Random { get; set; } = RandomSource.System;

    /// <summary>Where the service logs. Default: nowhere.</summary>
    public ILoggerFactory Loggers { get; set; } = NullLoggerFactory.Instance;
}
