namespace Recado.Server.Storage;

/// <summary>The API keys of all users.</summary>
internal interface IApiKeyStore
{
    /// <summary>Adds a key unless the user has <paramref name="limit"/> of them.</summary>
    /// <param name="hash">SHA-256 of the whole key.</param>
    /// <returns>False when the limit is reached.</returns>
    Task<bool> AddAsync(ApiKeyRow row, byte[] hash, int limit, CancellationToken ct);

    /// <summary>The user's keys, newest first.</summary>
    Task<IReadOnlyList<ApiKeyRow>> ListAsync(Guid userId, CancellationToken ct);

    /// <summary>Removes a key of the user.</summary>
    /// <returns>What it was, or null when there is none.</returns>
    Task<ApiKeyRow?> RemoveAsync(Guid userId, Guid id, CancellationToken ct);

    /// <summary>The key that begins so, whoever owns it.</summary>
    Task<StoredApiKey?> FindAsync(string prefix, CancellationToken ct);

    /// <summary>Notes when keys, by their prefixes, were used last.</summary>
    /// <returns>Those of them that are still there.</returns>
    Task<IReadOnlySet<string>> TouchAsync(IReadOnlyDictionary<string, DateTimeOffset> uses, CancellationToken ct);
}

/// <param name="Hash">SHA-256 of the whole key.</param>
internal sealed record StoredApiKey(ApiKeyRow Row, byte[] Hash);
