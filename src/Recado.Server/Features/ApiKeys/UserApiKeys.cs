using Recado.Protocol.Crypto;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.ApiKeys;

/// <summary>What users do with their keys.</summary>
internal sealed class UserApiKeys(IApiKeyStore keys, ISessionStore sessions, KeyRevocations revocations, IRandomSource random, TimeProvider time)
{
    public const int LongestName = 100, MostKeys = 50, MostSessions = 100;

    /// <summary>Makes a key. The answer is the only place where it ever stands in the clear.</summary>
    public async Task<Answer<ApiKeyCreated>> CreateAsync(Guid userId, CreateApiKeyRequest request, CancellationToken ct)
    {
        if (string.IsNullOrWhiteSpace(request.Name) || request.Name.Any(char.IsControl))
            return Problems.InvalidField("name", CreateApiKeyRequest.NameIsMissing);
        if (request.Scopes is not { Count: > 0 } scopes || scopes.Except(ScopeNames.All).Any())
            return Problems.InvalidField("scopes", $"'scopes' must name at least one of: {string.Join(", ", ScopeNames.All)}.", "invalid_scope");
        if (request.Sessions is { Count: 0 or > MostSessions })
            return Problems.InvalidField("sessions", $"'sessions' names 1 to {MostSessions} sessions; leave it out for a key that reaches all.");

        var now = time.GetUtcNow();
        if (request.ExpiresAt <= now)
            return Problems.InvalidField("expiresAt", "'expiresAt' must lie in the future; leave it out for a key that never ends.");
        if (request.Sessions is { } wanted && wanted.Except((await sessions.ListAsync(userId, ct)).Select(row => row.Id)).Any())
            return Problems.NoSuchSession();

        var key = ApiKey.Create(random);
        var row = new ApiKeyRow
        {
            Id = Guid.CreateVersion7(now),
            UserId = userId,
            Name = request.Name.Trim(),
            Prefix = key.Prefix,
            Scopes = [.. ScopeNames.All.Where(scopes.Contains)],
            Sessions = request.Sessions?.Distinct().ToArray(),
            CreatedAt = now,
            ExpiresAt = request.ExpiresAt?.ToUniversalTime(),
        };
        return await keys.AddAsync(row, key.Hash, MostKeys, ct)
            ? new ApiKeyCreated(key.Secret, row)
            : Problems.Details(StatusCodes.Status409Conflict, "key_limit_reached", $"You have {MostKeys} API keys, which is the limit. Revoke one first.");
    }

    /// <summary>Revokes a key: from now on it opens nothing, and what it has open is closed.</summary>
    public async Task<Answer<ApiKeyRow>> RevokeAsync(Guid userId, Guid id, CancellationToken ct)
    {
        if (await keys.RemoveAsync(userId, id, ct) is not { } removed)
            return Problems.Details(StatusCodes.Status404NotFound, "key_not_found", "There is no such API key among yours.");

        revocations.Revoke(removed.Prefix);
        return removed;
    }
}
