namespace Recado.Server.Storage;

/// <summary>The database or a stored record cannot be used. The message is one sentence for the operator.</summary>
internal sealed class StorageException(string message, bool isTransient, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether the same work may succeed later: the disk has room again, the lock is gone.</summary>
    public bool IsTransient { get; } = isTransient;

    /// <summary>Whether nothing was written because the project knows the user no longer.</summary>
    public bool IsUserGone { get; init; }

    /// <summary>The schema is older than this program's.</summary>
    public static StorageException LacksMigrations(int count) => new(
        $"it lacks {count} migration(s) of this program; run 'recado migrate' or start the server first", isTransient: false);
}
