namespace Recado.Server.Features.Auth;

/// <summary>A signed-in user. <paramref name="ExpiresAt"/> is null when the token never ends.</summary>
internal sealed record AuthenticatedUser(Guid Id, DateTimeOffset? ExpiresAt);

/// <summary>What became of a token.</summary>
internal abstract record TokenVerdict
{
    private TokenVerdict()
    {
    }

    public sealed record Accepted(AuthenticatedUser User) : TokenVerdict;

    /// <summary>The token is not a user's. <paramref name="Reason"/> is a sentence for the caller and never quotes the token.</summary>
    public sealed record Rejected(string Reason) : TokenVerdict;

    /// <summary>Nobody could be asked: neither yes nor no. The caller may try again.</summary>
    public sealed record Unavailable(string Reason) : TokenVerdict;
}

/// <summary>Decides whose token it is. Thread-safe; never throws for a bad token.</summary>
internal interface ITokenVerifier
{
    ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken ct);
}
