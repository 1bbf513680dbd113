using System.Runtime.CompilerServices;

namespace Recado.Server.Features.Media;

/// <summary>Files in a folder of this machine.</summary>
internal sealed class FolderFiles : IFileStore
{
    private const int PieceLength = 64 * 1024;

    private readonly string _folder;

    public FolderFiles(string folder)
    {
        _folder = folder;
        CreatePrivate(folder);
    }

    public Task PutAsync(string path, string hash, CancellationToken ct)
    {
        var destination = PathOf(hash);
        CreatePrivate(Path.GetDirectoryName(destination)!);
        File.Move(path, destination, overwrite: true); // the same name has the same bytes, and is young again
        return Task.CompletedTask;
    }

    public Task<Stream?> OpenAsync(string hash, CancellationToken ct)
    {
        try
        {
            return Task.FromResult<Stream?>(
                new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, PieceLength, useAsync: true));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return Task.FromResult<Stream?>(null);
        }
    }

    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset olderThan, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        foreach (var path in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            ct.ThrowIfCancellationRequested();
            if (FileHash.Is(Path.GetFileName(path)) && File.GetLastWriteTimeUtc(path) < olderThan.UtcDateTime)
                yield return Path.GetFileName(path);
        }
    }

    public Task RemoveAsync(string hash, DateTimeOffset olderThan, CancellationToken ct)
    {
        if (File.GetLastWriteTimeUtc(PathOf(hash)) < olderThan.UtcDateTime)
            File.Delete(PathOf(hash));

        return Task.CompletedTask;
    }

    public static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string PathOf(string hash) => Path.Combine(_folder, FileHash.Checked(hash)[..2], hash);
}
