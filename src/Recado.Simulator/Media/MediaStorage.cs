using System.Buffers.Text;
using System.Security.Cryptography;

namespace Recado.Simulator.Media;

/// <summary>
/// The encrypted files, in a folder, each under its hash and a number that rises when a phone uploads it again. What has expired is
/// kept under another name: the media host does not have it any more, the phones still do. Thread-safe.
/// </summary>
internal sealed class MediaStorage : IDisposable
{
    private const string Current = ".enc", Expired = ".expired", DirectoryOnHost = "/v/t62.7118-24/";
    private const int HashLength = 32;

    private readonly Lock _gate = new();
    private readonly bool _isTemporary;

    /// <param name="folder">Where the files are kept; a folder that ends with the service when absent.</param>
    public MediaStorage(string? folder)
    {
        _isTemporary = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("recado-media-").FullName;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(Folder);
        else
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string Folder { get; }

    /// <summary>Where a new file is written until its hash is known.</summary>
    public string NewTemporaryPath() => Path.Combine(Folder, $"{Guid.NewGuid():N}.part");

    /// <summary>Takes over a finished file.</summary>
    /// <returns>Its path on the media host. The same bytes keep the path they have.</returns>
    public string Add(string temporaryPath, byte[] hash)
    {
        var name = Convert.ToHexStringLower(hash);
        lock (_gate)
        {
            if (FindCurrent(name) is { } present)
            {
                File.Delete(temporaryPath);
                return DirectPath(present);
            }

            var path = Path.Combine(Folder, NextName(name));
            File.Move(temporaryPath, path);
            return DirectPath(path);
        }
    }

    /// <summary>The file behind a path on the media host; null when there is none (any more).</summary>
    public string? Find(string nameOnHost)
    {
        // The name comes from the network: hash, number and ending, nothing that leaves the folder.
        if (!nameOnHost.EndsWith(Current, StringComparison.Ordinal) || nameOnHost[..^Current.Length].Split('-') is not [{ Length: 2 * HashLength } hash, var number]
            || !hash.All(char.IsAsciiHexDigitLower) || !number.All(char.IsAsciiDigit))
            return null;

        var path = Path.Combine(Folder, nameOnHost);
        return File.Exists(path) ? path : null;
    }

    /// <summary>The media host forgets every file, as WhatsApp's do after some weeks.</summary>
    /// <param name="keepOnPhones">Whether the phones can upload them again.</param>
    /// <returns>How many there were.</returns>
    public int ForgetAll(bool keepOnPhones)
    {
        lock (_gate)
        {
            var files = Directory.GetFiles(Folder, $"*{Current}");
            foreach (var file in files)
            {
                if (keepOnPhones)
                    File.Move(file, Path.ChangeExtension(file, Expired), overwrite: true);
                else
                    File.Delete(file);
            }

            return files.Length;
        }
    }

    /// <summary>The media host forgets one file, which the phone still has.</summary>
    public bool Expire(byte[] hash)
    {
        lock (_gate)
        {
            if (FindCurrent(Convert.ToHexStringLower(hash)) is not { } file)
                return false;

            File.Move(file, Path.ChangeExtension(file, Expired), overwrite: true);
            return true;
        }
    }

    /// <summary>Uploads again what a phone still has.</summary>
    /// <returns>The new path on the media host; null when the phone does not have the file.</returns>
    public string? Restore(byte[] hash)
    {
        var name = Convert.ToHexStringLower(hash);
        lock (_gate)
        {
            if (FindCurrent(name) is { } present)
                return DirectPath(present);
            if (Directory.GetFiles(Folder, $"{name}-*{Expired}").Order(StringComparer.Ordinal).LastOrDefault() is not { } kept)
                return null;

            var path = Path.Combine(Folder, NextName(name));
            File.Move(kept, path);
            return DirectPath(path);
        }
    }

    /// <summary>Reads the hash that names an upload; null when it is none.</summary>
    public static byte[]? ReadToken(string token)
    {
        try
        {
            return Base64Url.DecodeFromChars(token) is { Length: HashLength } hash ? hash : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        if (_isTemporary)
            Directory.Delete(Folder, recursive: true);
    }

    private static string DirectPath(string path) => $"{DirectoryOnHost}{Path.GetFileName(path)}?ccb=11-4&_nc_hot=1";

    private string? FindCurrent(string name) => Directory.GetFiles(Folder, $"{name}-*{Current}").FirstOrDefault();

    private string NextName(string name) => $"{name}-{Directory.GetFiles(Folder, $"{name}-*").Length + 1}{Current}";
}
