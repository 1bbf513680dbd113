using Recado.Protocol.Pairing;

namespace Recado.Client;

/// <summary>
/// Knows which WhatsApp Web version to announce. Asked on every connection attempt, so a new answer takes effect without a restart.
/// </summary>
public interface IWebVersionSource
{
    /// <summary>The version to announce now.</summary>
    ValueTask<WebVersion> GetAsync(CancellationToken ct);
}

/// <summary>Always the same version.</summary>
public sealed class FixedWebVersion(WebVersion version) : IWebVersionSource
{
    /// <summary>The version this release was tested with.</summary>
    public static FixedWebVersion BuiltIn { get; } = new(WebVersion.Parse("2.3000.1045649367"));

    /// <inheritdoc/>
    public ValueTask<WebVersion> GetAsync(CancellationToken ct) => ValueTask.FromResult(version);
}
