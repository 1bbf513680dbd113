using System.Text;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Recado.Server.Features.Auth;

/// <summary>
/// Users of a Supabase project. The algorithm decides what may verify a token: HS256 the shared secret or, without one, the project itself;
/// ES256 and RS256 the project's public keys. Anything else is refused before a key is looked at.
/// </summary>
internal sealed class SupabaseTokenVerifier(SupabaseAuthOptions options, JwksKeyRing keyRing, SupabaseUserCheck userCheck, TimeProvider time) : ITokenVerifier
{
    private const int LongestToken = 8 * 1024;

    private readonly JsonWebTokenHandler _tokens = new() { MaximumTokenSizeInBytes = LongestToken, MapInboundClaims = false };
    private readonly SymmetricSecurityKey? _secret =
        options.JwtSecret is { } secret ? new SymmetricSecurityKey(Encoding.UTF8.GetBytes(secret)) : null;

    public async ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken ct)
    {
        if (!TryRead(token, out var jwt))
            return new TokenVerdict.Rejected("The token is not a JSON Web Token.");

        var claims = SupabaseClaims.Check(jwt, options.Issuer, time.GetUtcNow());
        if (claims.Fault is { } fault)
            return new TokenVerdict.Rejected(fault);

        return jwt.Alg switch
        {
            SecurityAlgorithms.HmacSha256 when _secret is not null => await CheckSignatureAsync(token, jwt, claims, [_secret]),
            SecurityAlgorithms.HmacSha256 => await AskProjectAsync(token, claims, ct),
            SecurityAlgorithms.EcdsaSha256 or SecurityAlgorithms.RsaSha256 =>
                await keyRing.FindAsync(jwt.Alg, string.IsNullOrEmpty(jwt.Kid) ? null : jwt.Kid, ct) is { } keys
                    ? await CheckSignatureAsync(token, jwt, claims, keys)
                    : new TokenVerdict.Unavailable("The project's signing keys cannot be fetched at the moment."),
            _ => new TokenVerdict.Rejected("The token is signed with an algorithm that is not accepted; use ES256, RS256 or HS256."),
        };
    }

    private bool TryRead(string token, out JsonWebToken jwt)
    {
        jwt = null!;
        if (token.Length > LongestToken || token.Count(c => c == '.') != 2)
            return false;

        try
        {
            jwt = _tokens.ReadJsonWebToken(token);
            return true;
        }
        catch (Exception cause) when (cause is ArgumentException or SecurityTokenException)
        {
            return false;
        }
    }

    private async Task<TokenVerdict> CheckSignatureAsync(string token, JsonWebToken jwt, SupabaseClaims claims, IReadOnlyList<SecurityKey> keys)
    {
        // The claims are checked above, against our clock; here it is the signature alone.
        var result = await _tokens.ValidateTokenAsync(token, new TokenValidationParameters
        {
            ValidAlgorithms = [jwt.Alg],
            IssuerSigningKeys = keys,
            TryAllIssuerSigningKeys = true,
            RequireSignedTokens = true,
            ValidateIssuerSigningKey = false,
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });

        return result.IsValid ? Accept(claims) : new TokenVerdict.Rejected("The token's signature does not match a key of the project.");
    }

    private async Task<TokenVerdict> AskProjectAsync(string token, SupabaseClaims claims, CancellationToken ct) =>
        await userCheck.AskAsync(token, claims.ExpiresAt, ct) switch
        {
            null => new TokenVerdict.Unavailable("The project cannot be asked about the token at the moment."),
            { } user when user == claims.UserId => Accept(claims),
            _ => new TokenVerdict.Rejected("The project does not know the token."),
        };

    private static TokenVerdict.Accepted Accept(SupabaseClaims claims) => new(new AuthenticatedUser(claims.UserId, claims.ExpiresAt));
}
