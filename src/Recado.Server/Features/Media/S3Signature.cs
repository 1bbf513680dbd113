using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Media;

/// <summary>
/// Signs requests to S3-compatible stores (AWS Signature Version 4): <c>HMAC(HMAC(HMAC(HMAC(HMAC("AWS4" ‖ secret, day), region), "s3"),
/// "aws4_request"), text)</c>, where the text names time, scope and the hash of the canonical request.
/// </summary>
internal static class S3Signature
{
    /// <summary>The hash of no body.</summary>
    public const string NoBody = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <param name="bodySha256">The hash of the body, in hex.</param>
    public static void Sign(HttpRequestMessage request, string bodySha256, S3Settings store, DateTimeOffset now)
    {
        var time = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Host = request.RequestUri!.Authority;
        request.Headers.Add("x-amz-content-sha256", bodySha256);
        request.Headers.Add("x-amz-date", time);

        var headers = request.Headers
            .Select(header => (Name: header.Key.ToLowerInvariant(), Value: string.Join(',', header.Value)))
            .Where(header => header.Name is "host" or "range" || header.Name.StartsWith("x-amz-", StringComparison.Ordinal))
            .OrderBy(header => header.Name, StringComparer.Ordinal).ToList();
        var names = string.Join(';', headers.Select(header => header.Name));
        var canonical = string.Join(
            '\n',
            [
                request.Method.Method, request.RequestUri.AbsolutePath, CanonicalQuery(request.RequestUri.Query),
                .. headers.Select(header => $"{header.Name}:{header.Value}"), "", names, bodySha256,
            ]);

        var day = time[..8];
        var scope = $"{day}/{store.Region}/s3/aws4_request";
        var text = $"{Algorithm}\n{time}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = new[] { day, store.Region, "s3", "aws4_request" }.Aggregate(Encoding.UTF8.GetBytes($"AWS4{store.SecretKey}"), Hmac);
        request.Headers.TryAddWithoutValidation(
            "Authorization", $"{Algorithm} Credential={store.AccessKey}/{scope},SignedHeaders={names},Signature={Convert.ToHexStringLower(Hmac(key, text))}");
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string CanonicalQuery(string query) =>
        string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(part => part.Contains('=') ? part : $"{part}=").Order(StringComparer.Ordinal));
}
