using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Recado.Server.Features.Outbound;

/// <summary>What a web page says about itself for those who show a link to it (Open Graph, ogp.me, else the plain tags).</summary>
internal sealed partial record PageHead(string? Title, string? Description, string? Image)
{
    private const int LongestTitle = 300, LongestDescription = 1000, LongestAddress = 2048;
    private const int MetaSearch = 1024;

    /// <param name="html">The beginning of the page.</param>
    /// <param name="charset">What the server says it is written in.</param>
    public static PageHead Read(ReadOnlySpan<byte> html, string? charset)
    {
        var text = EncodingOf(html, charset).GetString(html);
        try
        {
            var metas = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var tag in Meta().Matches(text).Select(match => match.Value))
            {
                var attributes = Attributes(tag);
                if ((attributes.GetValueOrDefault("property") ?? attributes.GetValueOrDefault("name")) is { } name && attributes.GetValueOrDefault("content") is { } content)
                    metas.TryAdd(name, content);
            }

            return new PageHead(
                Clean(metas.GetValueOrDefault("og:title") ?? metas.GetValueOrDefault("twitter:title") ?? TitleOf(text), LongestTitle),
                Clean(metas.GetValueOrDefault("og:description") ?? metas.GetValueOrDefault("description"), LongestDescription),
                Clean(metas.GetValueOrDefault("og:image") ?? metas.GetValueOrDefault("og:image:url") ?? metas.GetValueOrDefault("twitter:image"), LongestAddress));
        }
        catch (RegexMatchTimeoutException)
        {
            return new PageHead(null, null, null);
        }
    }

    private static Encoding EncodingOf(ReadOnlySpan<byte> html, string? charset)
    {
        if (html.StartsWith("\uFEFF"u8))
            return Encoding.UTF8;

        var head = Encoding.Latin1.GetString(html[..Math.Min(html.Length, MetaSearch)]);
        var name = charset ?? (Charset().Match(head) is { Success: true } match ? match.Groups["name"].Value : null);
        try
        {
            return name is null ? Encoding.UTF8 : CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    private static string? TitleOf(string text) => TitleTag().Match(text) is { Success: true } match ? WebUtility.HtmlDecode(match.Groups["text"].Value) : null;

    private static Dictionary<string, string> Attributes(string tag)
    {
        var attributes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match match in Attribute().Matches(tag))
            attributes.TryAdd(match.Groups["name"].Value, WebUtility.HtmlDecode(match.Groups["value"].Value));

        return attributes;
    }

    private static string? Clean(string? text, int longest)
    {
        if (text is null)
            return null;

        var line = Blanks().Replace(text, " ").Trim();
        return line.Length == 0 ? null : line.Length > longest ? line[..longest] : line;
    }

    [GeneratedRegex(@"<meta\s[^>]{1,4096}>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Meta();

    [GeneratedRegex("""(?<name>[a-z:-]+)\s*=\s*(?:"(?<value>[^"]*)"|'(?<value>[^']*)'|(?<value>[^\s"'>]+))""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Attribute();

    [GeneratedRegex(@"<title[^>]{0,256}>(?<text>[^<]*)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TitleTag();

    [GeneratedRegex("""<meta[^>]+charset\s*=\s*["']?(?<name>[\w-]{1,40})""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Charset();

    [GeneratedRegex(@"\s+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Blanks();
}
