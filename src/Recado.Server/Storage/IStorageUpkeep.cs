namespace Recado.Server.Storage;

/// <summary>Keeps the storage small and tells whether it works.</summary>
internal interface IStorageUpkeep
{
    /// <summary>Removes device records whose time is over and events older than <paramref name="eventsBefore"/>.</summary>
    Task RemoveExpiredAsync(DateTimeOffset eventsBefore, CancellationToken ct);

    /// <summary>Whether a read succeeds now.</summary>
    Task<bool> IsReadyAsync(CancellationToken ct);
}
