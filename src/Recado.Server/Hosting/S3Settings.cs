using System.Diagnostics.CodeAnalysis;

namespace Recado.Server.Hosting;

/// <summary>An S3-compatible store, as <c>s3://key:secret@host:port/path/bucket?region=…&amp;tls=false</c> names it.</summary>
/// <param name="Endpoint">The store's address, with the path in front of the bucket's name if there is one.</param>
/// <param name="Bucket">An existing bucket.</param>
internal sealed record S3Settings(Uri Endpoint, string Bucket, string Region, string AccessKey, string SecretKey)
{
    private const string DefaultRegion = "us-east-1";

    public bool UsesTls => Endpoint.Scheme == Uri.UriSchemeHttps;

    public static bool TryParse(string text, [NotNullWhen(true)] out S3Settings? settings)
    {
        settings = null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != "s3" || url.Host.Length == 0 || url.Fragment.Length > 0
            || url.UserInfo.Split(':') is not [{ Length: > 0 } key, { Length: > 0 } secret]
            || url.AbsolutePath.TrimEnd('/').Split('/') is not [_, .. var path, { Length: > 0 } bucket]
            || bucket.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_')))
        {
            return false;
        }

        var (region, scheme) = (DefaultRegion, Uri.UriSchemeHttps);
        foreach (var part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (part.Split('='))
            {
                case ["region", { Length: > 0 } name]:
                    region = Uri.UnescapeDataString(name);
                    break;
                case ["tls", "false"]:
                    scheme = Uri.UriSchemeHttp;
                    break;
                case ["tls", "true"]:
                    break;
                default:
                    return false;
            }
        }

        var endpoint = new UriBuilder(scheme, url.Host, url.Port, string.Join('/', path)).Uri;
        settings = new S3Settings(endpoint, bucket, region, Uri.UnescapeDataString(key), Uri.UnescapeDataString(secret));
        return true;
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => $"{Endpoint} {Bucket}";
}
