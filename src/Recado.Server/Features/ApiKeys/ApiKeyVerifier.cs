using System.Data.Common;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Storage;

namespace Recado.Server.Features.ApiKeys;

/// <summary>Decides whose key it is. Asks the database each time, so that a key that was revoked counts nowhere any more.</summary>
internal sealed class ApiKeyVerifier(IApiKeyStore keys, ApiKeyUse use, TimeProvider time)
{
    private static readonly TokenVerdict Unknown = new TokenVerdict.Rejected("The API key is not known, or was revoked.");
    private static readonly TokenVerdict Expired = new TokenVerdict.Rejected("The API key has expired. Make another.");
    private static readonly TokenVerdict Unavailable =
        new TokenVerdict.Unavailable("The database does not answer at the moment. Try again shortly.", ErrorCodes.DatabaseUnavailable);

    public async ValueTask<TokenVerdict> VerifyAsync(string text, CancellationToken ct)
    {
        if (ApiKey.Parse(text) is not { } key)
            return Unknown;

        try
        {
            if (await keys.FindAsync(key.Prefix, ct) is not { } stored || !key.Matches(stored.Hash))
                return Unknown;

            var now = time.GetUtcNow();
            if (stored.Row.ExpiresAt <= now)
                return Expired;

            use.Note(key.Prefix, now);
            var grant = new KeyGrant(key.Prefix, ScopeNames.Parse(stored.Row.Scopes), stored.Row.Sessions?.ToHashSet());
            return new TokenVerdict.Accepted(new AuthenticatedUser(stored.Row.UserId, stored.Row.ExpiresAt, grant));
        }
        catch (Exception e) when (e is DbException or StorageException { IsTransient: true })
        {
            return Unavailable;
        }
    }
}
