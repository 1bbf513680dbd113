using System.Buffers.Text;
using System.Text.Json;

namespace Recado.Server.Hosting;

/// <summary>Recognises secrets that are none.</summary>
internal static class SecretChecks
{
    private static readonly string[] Words = ["your", "change", "placeholder", "example", "replace", "secret-key", "password", "encryption", "xxxx", "0000000000", "1234567890", "<"];

    public static bool IsPlaceholder(string secret) =>
        secret.Distinct().Count() < 6 || Words.Any(w => secret.Contains(w, StringComparison.OrdinalIgnoreCase));

    /// <summary>The <c>role</c> claim if the text is a JWT, without verifying it.</summary>
    public static string? JwtRole(string text)
    {
        if (text.Split('.') is not [_, var payload, _])
            return null;
        try
        {
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(payload));
            return claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty("role", out var role) ? role.ToString() : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
