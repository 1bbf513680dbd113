using Recado.Client;
using Recado.Protocol;
using Recado.Protocol.Pairing;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Sessions;

/// <summary>
/// The WhatsApp Web version to announce: the file <c>whatsapp-version</c> in the data folder, else <c>WHATSAPP_VERSION</c>, else the one
/// this release was tested with. The file is read at every attempt, so that a new version needs no restart.
/// </summary>
internal sealed class WebVersionSetting(RecadoSettings settings, ILogger<WebVersionSetting> logger) : IWebVersionSource
{
    public const string FileName = "whatsapp-version";

    public async ValueTask<WebVersion> GetAsync(CancellationToken ct)
    {
        var path = Path.Combine(settings.DataFolder, FileName);
        try
        {
            if (File.Exists(path))
                return WebVersion.Parse((await File.ReadAllTextAsync(path, ct)).Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or RecadoException)
        {
            logger.VersionFileUnusable(path, e.Message);
        }

        return settings.WhatsAppVersion ?? await FixedWebVersion.BuiltIn.GetAsync(ct);
    }
}
