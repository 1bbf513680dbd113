namespace Recado.Server.Hosting;

/// <summary>What concerns files and links.</summary>
internal sealed partial class SettingsReader
{
    private S3Settings? ReadMediaStore()
    {
        if (_values["MEDIA_STORE_URL"] is not { } text)
            return null; // the data folder
        if (S3Settings.TryParse(text, out var settings))
        {
            if (_isProduction && !settings.UsesTls && !settings.Endpoint.IsLoopback)
                Problem("MEDIA_STORE_URL", "turns TLS off for a store on another machine, which production refuses; remove tls=false");
            return settings;
        }

        // The value holds a secret and is not repeated.
        Problem(
            "MEDIA_STORE_URL",
            "is no address of an S3-compatible store; give s3://<key>:<secret>@<host>[:port]/<bucket>?region=<region>, key and secret URL-encoded "
            + "(Supabase: s3://<key>:<secret>@<project>.supabase.co/storage/v1/s3/<bucket>?region=<region>, dashboard: Storage, Settings, S3 access keys)");
        return null;
    }

    private bool ReadAllowPrivateLinks()
    {
        if (_values["ALLOW_PRIVATE_LINKS"] is not { } text || text == "false")
            return false;
        if (text != "true")
            Problem("ALLOW_PRIVATE_LINKS", $"is '{text}'; give true or false");
        else if (_isProduction)
            Problem("ALLOW_PRIVATE_LINKS", "is for development and tests, and production refuses it: links could reach your own network; remove it");

        return true;
    }

    private string? ReadFfmpegPath()
    {
        if (_values["FFMPEG_PATH"] is not { } path || path == RecadoSettings.NoFfmpeg)
            return _values["FFMPEG_PATH"];
        if (!File.Exists(path))
            Problem("FFMPEG_PATH", $"is '{path}', where there is no file; give the path of the program ffmpeg, or 'none' to do without");

        return Path.GetFullPath(path);
    }
}
