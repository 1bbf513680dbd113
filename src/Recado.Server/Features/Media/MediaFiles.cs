using System.Security.Cryptography;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Media;

/// <summary>
/// The bytes of files: they arrive in a folder of this machine, where nobody sees them, and are kept in an <see cref="IFileStore"/> once
/// they are whole. Thread-safe.
/// </summary>
internal sealed class MediaFiles
{
    private const int HeadLength = 512, SweepLength = 100;

    private readonly IFileStore _store;
    private readonly string _arriving;

    public MediaFiles(RecadoSettings settings, IFileStore store)
    {
        _store = store;
        _arriving = Path.Combine(settings.DataFolder, "media", "arriving");
        FolderFiles.CreatePrivate(Path.Combine(settings.DataFolder, "media"));
        FolderFiles.CreatePrivate(_arriving);
    }

    /// <summary>A file to write to, of which nothing is left when it is closed without <see cref="KeepAsync"/>.</summary>
    public FileStream Create() => new(NewPath(), new FileStreamOptions
    {
        Mode = FileMode.CreateNew,
        Access = FileAccess.ReadWrite,
        Share = FileShare.ReadWrite | FileShare.Delete, // programs that convert read and write it by name
        Options = FileOptions.Asynchronous,
        UnixCreateMode = OperatingSystem.IsWindows() ? null : UnixFileMode.UserRead | UnixFileMode.UserWrite,
    });

    /// <summary>The type of what was written, by its content.</summary>
    public static async Task<string> TypeOfAsync(FileStream file, CancellationToken ct) => MediaType.Of(await HeadOfAsync(file, ct));

    public static async Task<byte[]> HeadOfAsync(FileStream file, CancellationToken ct)
    {
        var head = new byte[HeadLength];
        file.Position = 0;
        var count = await file.ReadAtLeastAsync(head, HeadLength, throwOnEndOfStream: false, ct);
        return head[..count];
    }

    public static async Task<string> HashOfAsync(FileStream file, CancellationToken ct)
    {
        file.Position = 0;
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, ct));
    }

    /// <summary>Makes what was written a file of the store.</summary>
    public async Task<StoredFile> KeepAsync(FileStream file, CancellationToken ct)
    {
        var type = await TypeOfAsync(file, ct);
        var hash = await HashOfAsync(file, ct);
        var size = file.Length;
        file.Flush(flushToDisk: true); // the row that names it must not outlive it
        await file.DisposeAsync();
        await _store.PutAsync(file.Name, hash, ct);
        return new StoredFile(hash, size, type);
    }

    /// <summary>Removes what was written and not kept.</summary>
    public static async Task DiscardAsync(FileStream file)
    {
        await file.DisposeAsync();
        File.Delete(file.Name);
    }

    /// <inheritdoc cref="IFileStore.OpenAsync"/>
    public Task<Stream?> OpenAsync(string hash, CancellationToken ct) => _store.OpenAsync(hash, ct);

    /// <summary>
    /// Removes what no row refers to: of sessions that were purged, and of transfers that a crash has ended. Young files are left alone,
    /// because their row may still be on its way.
    /// </summary>
    public async Task RemoveUnusedAsync(IMediaStore rows, DateTimeOffset olderThan, CancellationToken ct)
    {
        foreach (var path in Directory.EnumerateFiles(_arriving).Where(path => File.GetLastWriteTimeUtc(path) < olderThan.UtcDateTime))
            File.Delete(path);

        await foreach (var hashes in _store.ListAsync(olderThan, ct).Chunk(SweepLength).WithCancellation(ct))
        {
            var used = await rows.FindUsedAsync(hashes, ct);
            foreach (var hash in hashes.Where(hash => !used.Contains(hash)))
                await _store.RemoveAsync(hash, olderThan, ct);
        }
    }

    private string NewPath() => Path.Combine(_arriving, $"{Guid.NewGuid():N}.part");
}

/// <param name="MimeType">By its content.</param>
internal sealed record StoredFile(string Sha256, long Size, string MimeType);
