namespace Recado.Server.Hosting;

/// <summary>Files and folders that only their owner may open (modes 0600 and 0700; on Windows the folder's inherited rights).</summary>
internal static class PrivateFiles
{
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FileMode600 | UnixFileMode.UserExecute);
    }

    /// <summary>Creates the file if it is not there, and takes the rights of others away.</summary>
    public static void Touch(string path)
    {
        using (new FileStream(path, Options(FileMode.OpenOrCreate)))
        {
        }

        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, FileMode600);
    }

    /// <summary>Writes a file that must not exist yet.</summary>
    public static void WriteNew(string path, string text)
    {
        using var stream = new FileStream(path, Options(FileMode.CreateNew));
        using var writer = new StreamWriter(stream);
        writer.Write(text);
        writer.Flush();
        stream.Flush(flushToDisk: true);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode600;

        return options;
    }
}
