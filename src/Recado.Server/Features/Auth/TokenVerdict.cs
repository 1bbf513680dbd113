using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Auth;

/// <summary>Who calls: a signed-in user, or a server with an API key of the user.</summary>
/// <param name="ExpiresAt">When the token or key ends; null when it never does.</param>
/// <param name="Key">What the API key allows; null for the user, who may do everything.</param>
internal sealed record AuthenticatedUser(Guid Id, DateTimeOffset? ExpiresAt, KeyGrant? Key = null)
{
    public bool May(ApiScopes scope) => Key is null || Key.Scopes.HasFlag(scope);

    /// <summary>Whether a session, or what belongs to one, is there for the caller at all. What belongs to none is there for who sees all.</summary>
    public bool Sees(Guid? sessionId) => Key?.Sessions is not { } sessions || (sessionId is { } id && sessions.Contains(id));
}

/// <summary>What an API key allows.</summary>
/// <param name="Prefix">The key's visible beginning, which names it.</param>
/// <param name="Sessions">The only sessions that it reaches; null for all.</param>
internal sealed record KeyGrant(string Prefix, ApiScopes Scopes, IReadOnlySet<Guid>? Sessions);

/// <summary>What became of a token.</summary>
internal abstract record TokenVerdict
{
    private TokenVerdict()
    {
    }

    public sealed record Accepted(AuthenticatedUser User) : TokenVerdict;

    /// <summary>The token or key is not a user's. <paramref name="Reason"/> is a sentence for the caller and never quotes the token.</summary>
    public sealed record Rejected(string Reason) : TokenVerdict;

    /// <summary>Nobody could be asked: neither yes nor no. The caller may try again.</summary>
    public sealed record Unavailable(string Reason, string Code = ErrorCodes.AuthUnavailable) : TokenVerdict;
}

/// <summary>Decides whose token it is. Thread-safe; never throws for a bad token.</summary>
internal interface ITokenVerifier
{
    ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken ct);
}
