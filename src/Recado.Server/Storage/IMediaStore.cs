namespace Recado.Server.Storage;

/// <summary>Reads the rows of files, and writes those that users upload. Files of messages are written by the session's owner (<see cref="ISessionJournal"/>).</summary>
internal interface IMediaStore
{
    /// <summary>A file of this user, or null.</summary>
    Task<MediaRow?> FindAsync(Guid userId, Guid id, CancellationToken ct);

    Task AddAsync(MediaRow row, CancellationToken ct);

    /// <summary>Of these hashes, those that some row still refers to.</summary>
    Task<IReadOnlySet<string>> FindUsedAsync(IReadOnlyList<string> hashes, CancellationToken ct);

    /// <summary>Somebody asks for a file that waits: it is fetched from now on.</summary>
    Task WantAsync(MediaRow row, CancellationToken ct);

    /// <summary>The oldest files of a session that wait to be fetched, without those that nobody has asked for.</summary>
    Task<IReadOnlyList<PendingMedia>> ListPendingAsync(Guid sessionId, int limit, CancellationToken ct);
}
