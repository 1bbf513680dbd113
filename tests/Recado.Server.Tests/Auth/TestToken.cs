using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.Tokens;

namespace Recado.Server.Tests.Auth;

/// <summary>A JSON Web Token put together by hand, so that it can be wrong in any way.</summary>
internal sealed class TestToken
{
    public JsonObject Header { get; } = new() { ["typ"] = "JWT" };

    public JsonObject Claims { get; } = [];

    /// <summary>A good user's token, as Supabase issues it.</summary>
    public static TestToken For(Guid user, string issuer, DateTimeOffset expires) => new()
    {
        Claims =
        {
            ["sub"] = user.ToString(),
            ["iss"] = issuer,
            ["aud"] = "authenticated",
            ["role"] = "authenticated",
            ["exp"] = expires.ToUnixTimeSeconds(),
            ["iat"] = expires.AddHours(-1).ToUnixTimeSeconds(),
        },
    };

    public TestToken With(string claim, JsonNode? value)
    {
        Claims[claim] = value;
        return this;
    }

    public string SignHs256(string secret) => Sign("HS256", keyId: null, data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), data));

    public string SignHs256(string keyId, byte[] secret) => Sign("HS256", keyId, data => HMACSHA256.HashData(secret, data));

    public string SignEs256(string? keyId, ECDsa key) => Sign("ES256", keyId, data => key.SignData(data, HashAlgorithmName.SHA256));

    public string SignRs256(string? keyId, RSA key) =>
        Sign("RS256", keyId, data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

    public string Sign(string algorithm, string? keyId, Func<byte[], byte[]> sign)
    {
        Header["alg"] = algorithm;
        if (keyId is not null)
            Header["kid"] = keyId;
        var data = $"{Encode(Header)}.{Encode(Claims)}";
        return $"{data}.{Base64UrlEncoder.Encode(sign(Encoding.ASCII.GetBytes(data)))}";
    }

    private static string Encode(JsonObject part) => Base64UrlEncoder.Encode(part.ToJsonString());
}
