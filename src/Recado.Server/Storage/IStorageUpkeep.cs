namespace Recado.Server.Storage;

/// <summary>Keeps the storage small.</summary>
internal interface IStorageUpkeep
{
    /// <summary>Removes device records and remembered requests whose time is over, and events older than <paramref name="eventsBefore"/>.</summary>
    Task RemoveExpiredAsync(DateTimeOffset eventsBefore, CancellationToken ct);
}
