using System.Text;

namespace Recado.Server.Storage.Postgres;

/// <summary>What Postgres cannot keep in a text: the character NUL. It becomes U+FFFD, so that nobody's message can stop a session.</summary>
internal static class PostgresText
{
    private const string Escaped = @"\u0000";

    public static string Clean(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    /// <summary>The same for JSON, in which it stands as an escape.</summary>
    public static string CleanJson(string json)
    {
        if (!json.Contains(Escaped, StringComparison.Ordinal))
            return json;

        var clean = new StringBuilder(json.Length);
        for (var i = 0; i < json.Length; i++)
        {
            if (json[i] != '\\')
            {
                clean.Append(json[i]);
            }
            else if (string.CompareOrdinal(json, i, Escaped, 0, Escaped.Length) == 0)
            {
                clean.Append('\uFFFD');
                i += Escaped.Length - 1;
            }
            else
            {
                clean.Append(json, i, 2); // a backslash and what it escapes, which may be another backslash
                i++;
            }
        }

        return clean.ToString();
    }
}
