using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Recado.Server.Features.Auth;

/// <summary>What a user's token says about itself. Proves nothing before the signature is checked.</summary>
internal readonly record struct SupabaseClaims(Guid UserId, DateTimeOffset ExpiresAt, string? Fault)
{
    private const string Audience = "authenticated";

    private static readonly TimeSpan NotBeforeSkew = TimeSpan.FromSeconds(30);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    public static SupabaseClaims Check(JsonWebToken jwt, string issuer, DateTimeOffset now)
    {
        try
        {
            using var payload = JsonDocument.Parse(Base64UrlEncoder.DecodeBytes(jwt.EncodedPayload), Strict);
            return Check(payload.RootElement, issuer, now);
        }
        catch (Exception cause) when (cause is JsonException or FormatException)
        {
            return Faulty("The token's claims cannot be read.");
        }
    }

    private static SupabaseClaims Check(JsonElement claims, string issuer, DateTimeOffset now)
    {
        if (Text(claims, "role") is "anon" or "service_role")
            return Faulty("The token is a project key, which is no user's. Sign in and send the user's access token.");

        if (Text(claims, "iss")?.TrimEnd('/') != issuer)
            return Faulty($"The token was not issued by {issuer}.");

        if (!Audiences(claims).Contains(Audience, StringComparer.Ordinal))
            return Faulty($"The token's audience is not '{Audience}'.");

        if (!Guid.TryParseExact(Text(claims, "sub"), "D", out var user) || user == Guid.Empty)
            return Faulty("The token names no user: 'sub' is not a UUID.");

        if (Time(claims, "exp") is not { } expires)
            return Faulty("The token has no end: 'exp' is missing.");

        if (expires <= now)
            return Faulty("The token has expired. Refresh the session and send the new token.");

        if (Time(claims, "nbf") is { } notBefore && notBefore > now + NotBeforeSkew)
            return Faulty("The token is not valid yet.");

        return new SupabaseClaims(user, expires, Fault: null);
    }

    private static SupabaseClaims Faulty(string sentence) => new(Guid.Empty, DateTimeOffset.MinValue, sentence);

    private static string? Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static IEnumerable<string> Audiences(JsonElement claims)
    {
        if (!claims.TryGetProperty("aud", out var value))
            return [];

        return value.ValueKind switch
        {
            JsonValueKind.String => [value.GetString()!],
            JsonValueKind.Array => value.EnumerateArray().Where(a => a.ValueKind == JsonValueKind.String).Select(a => a.GetString()!),
            _ => [],
        };
    }

    private static DateTimeOffset? Time(JsonElement claims, string name)
    {
        if (!claims.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var seconds))
            return null;

        return seconds is > 0 and < 253_402_300_800 ? DateTimeOffset.UnixEpoch.AddSeconds(Math.Floor(seconds)) : null;
    }
}
