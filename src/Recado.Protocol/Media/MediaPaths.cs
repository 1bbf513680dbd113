using System.Buffers.Text;
using System.Text;

namespace Recado.Protocol.Media;

/// <summary>Paths and queries on the media hosts. Any host of a <see cref="MediaConnection"/> answers them.</summary>
public static class MediaPaths
{
    private const string Root = "/mms/";

    /// <summary>The name of an upload: the URL-safe base64 of its hash, padding kept, so that the same bytes have the same name.</summary>
    public static string Token(ReadOnlySpan<byte> hash) =>
        Convert.ToBase64String(hash).Replace('+', '-').Replace('/', '_');

    /// <summary>Where to POST an encrypted file.</summary>
    public static string Upload(MediaKind kind, ReadOnlySpan<byte> encryptedSha256, string auth) =>
        Upload($"{Root}{kind.ToPathName()}", Token(encryptedSha256), auth);

    /// <summary>Where to POST a file for a channel, which is not encrypted.</summary>
    public static string UploadToChannel(MediaKind kind, ReadOnlySpan<byte> sha256, string auth) =>
        Upload($"/newsletter/newsletter-{kind.ToPathName()}", Token(sha256), auth);

    /// <summary>Where to GET a file.</summary>
    /// <exception cref="ProtocolException">The path is none: put behind a host, it could name another one
    /// (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static string Download(MediaKind kind, string directPath, ReadOnlySpan<byte> encryptedSha256)
    {
        var separator = Checked(directPath).Contains('?', StringComparison.Ordinal) ? '&' : '?';
        return $"{directPath}{separator}hash={Uri.EscapeDataString(Token(encryptedSha256))}&mms-type={kind.ToPathName()}&__wa-mms=";
    }

    /// <summary>Where to DELETE a part of the history once it is stored.</summary>
    /// <exception cref="ProtocolException">The path is none (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static string Delete(MediaKind kind, string directPath, ReadOnlySpan<byte> encryptedSha256, string auth, string? handle = null)
    {
        var token = Token(encryptedSha256);
        var path = Checked(directPath).Split('?')[0];
        var pathName = Base64Url.EncodeToString(Encoding.UTF8.GetBytes(path));
        var query = $"token={Uri.EscapeDataString(token)}&auth={Uri.EscapeDataString(auth)}&d_md={pathName}";
        if (handle is not null)
            query += $"&e_handle={Uri.EscapeDataString(handle)}";

        return $"{Root}{kind.ToPathName()}/{token}?{query}";
    }

    private static string Upload(string folder, string token, string auth) =>
        $"{folder}/{token}?auth={Uri.EscapeDataString(auth)}&token={Uri.EscapeDataString(token)}";

    private static string Checked(string directPath)
    {
        ArgumentNullException.ThrowIfNull(directPath);
        var isPath = directPath.StartsWith('/') && !directPath.StartsWith("//", StringComparison.Ordinal)
            && !directPath.AsSpan().ContainsAny('\\', '#') && directPath.AsSpan().IndexOfAnyInRange('\0', ' ') < 0;
        return isPath ? directPath : throw ProtocolException.MalformedPayload("The path of a file is no path on a media host.");
    }
}
