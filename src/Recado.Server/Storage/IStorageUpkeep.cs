namespace Recado.Server.Storage;

/// <summary>Keeps the storage small.</summary>
internal interface IStorageUpkeep
{
    /// <summary>
    /// Removes device records and remembered requests whose time is over, events older than <paramref name="eventsBefore"/> and entries of the
    /// audit log older than <paramref name="auditBefore"/>.
    /// </summary>
    Task RemoveExpiredAsync(DateTimeOffset eventsBefore, DateTimeOffset auditBefore, CancellationToken ct);
}
