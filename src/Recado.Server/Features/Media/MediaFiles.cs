using System.Security.Cryptography;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>The bytes of files, in the folder <c>media</c> of the data folder, each once under its hash. No name comes from outside. Thread-safe.</summary>
internal sealed class MediaFiles
{
    private const int HeadLength = 512, PieceLength = 64 * 1024, HexLength = 64, SweepLength = 100;

    private readonly string _folder, _arriving;

    public MediaFiles(RecadoSettings settings)
    {
        _folder = Path.Combine(settings.DataFolder, "media");
        _arriving = Path.Combine(_folder, "arriving");
        CreatePrivate(_folder);
        CreatePrivate(_arriving);
    }

    /// <summary>A file to write to, of which nothing is left when it is closed without <see cref="KeepAsync"/>.</summary>
    public FileStream Create() => new(Path.Combine(_arriving, $"{Guid.NewGuid():N}.part"), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.Read | FileShare.Delete,
        Options = FileOptions.Asynchronous,
        UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    /// <summary>Makes what was written a file of the store.</summary>
    public async Task<StoredFile> KeepAsync(FileStream file, CancellationToken ct)
    {
        var head = new byte[HeadLength];
        file.Position = 0;
        var count = await file.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, ct);
        file.Position = 0;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
        var size = file.Length;
        file.Flush(flushToDisk: true); // the row that names it must not outlive it

        var path = PathOf(hash);
        CreatePrivate(Path.GetDirectoryName(path)!);
        await file.DisposeAsync();
        File.Move(file.Name, path, overwrite: true); // the same name has the same bytes, and is young again
        return new StoredFile(hash, size, MediaType.Of(head.AsSpan(0, count)));
    }

    /// <summary>Removes what was written and not kept.</summary>
    public static async Task DiscardAsync(FileStream file)
    {
        await file.DisposeAsync();
        File.Delete(file.Name);
    }

    /// <summary>Opens a file; null when it is not here.</summary>
    public FileStream? Open(string hash)
    {
        try
        {
            return new FileStream(PathOf(hash), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, PieceLength, useAsync: true);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>
    /// Removes what no row refers to: of sessions that were purged, and of transfers that a crash has ended. Young files are left alone,
    /// because their row may still be on its way.
    /// </summary>
    public async Task RemoveUnusedAsync(IMediaStore store, DateTimeOffset olderThan, CancellationToken ct)
    {
        foreach (var names in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Where(IsOld).Chunk(SweepLength))
        {
            var used = await store.FindUsedAsync([.. names.Select(name => Path.GetFileName(name))], ct);
            foreach (var name in names.Where(name => !used.Contains(Path.GetFileName(name)) && IsOld(name)))
                File.Delete(name);
        }

        bool IsOld(string name) => File.GetLastWriteTimeUtc(name) < olderThan.UtcDateTime;
    }

    private string PathOf(string hash) => hash.Length == HexLength && hash.All(char.IsAsciiHexDigitLower)
        ? Path.Combine(_folder, hash[..2], hash)
        : throw new ArgumentException("A file is named by the hex of its SHA-256.", nameof(hash));

    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

/// <param name="MimeType">By its content.</param>
internal sealed record StoredFile(string Sha256, long Size, string MimeType);
