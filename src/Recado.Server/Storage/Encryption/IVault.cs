namespace Recado.Server.Storage.Encryption;

/// <summary>The database as the operator's commands see it, beside servers that may be running on it.</summary>
internal interface IVault : IAsyncDisposable
{
    /// <summary>The values of a column in the order of the key.</summary>
    /// <param name="after">The key to begin after, or null to begin at the beginning.</param>
    /// <param name="isClearWanted">Of a <see cref="SealedForm.Json"/> column, also those in the clear.</param>
    Task<IReadOnlyList<SealedValue>> ReadAsync(
        SealedColumn column, IReadOnlyList<string>? after, int limit, bool isClearWanted, CancellationToken ct);

    /// <summary>Replaces values that are still what was read; whoever wrote one since wins.</summary>
    /// <returns>How many were replaced.</returns>
    Task<int> ReplaceAsync(SealedColumn column, IReadOnlyList<Resealed> changes, CancellationToken ct);

    /// <summary>Looks whether the database as a whole is well.</summary>
    /// <exception cref="StorageException">It cannot be used.</exception>
    Task<StorageHealth> ExamineAsync(CancellationToken ct);
}

/// <param name="Fault">What the engine's own check has found; null when all is well.</param>
/// <param name="Now">The clock of the database's machine, where it has one of its own.</param>
/// <param name="LastWrite">When the newest event was written.</param>
internal sealed record StorageHealth(string? Fault, DateTimeOffset? Now, DateTimeOffset? LastWrite);
