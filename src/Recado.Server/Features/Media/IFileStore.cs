namespace Recado.Server.Features.Media;

/// <summary>Where the bytes of files are kept, each once under its hash. Thread-safe.</summary>
internal interface IFileStore
{
    /// <summary>Copies or moves a finished file. When this returns it outlives a crash, and counts as young.</summary>
    /// <param name="path">The file on this machine; whether it is still there afterwards is left open.</param>
    Task PutAsync(string path, string hash, CancellationToken ct);

    /// <summary>Opens a file for reading from anywhere in it; null when it is not here.</summary>
    Task<Stream?> OpenAsync(string hash, CancellationToken ct);

    /// <summary>The files that were put before a time.</summary>
    IAsyncEnumerable<string> ListAsync(DateTimeOffset olderThan, CancellationToken ct);

    /// <summary>Removes a file, unless it was put again since.</summary>
    Task RemoveAsync(string hash, DateTimeOffset olderThan, CancellationToken ct);
}
