namespace Recado.Server.Hosting;

/// <summary>The variables of the environment and of <c>.env</c>; the environment wins. An empty value counts as absent.</summary>
internal sealed class EnvironmentValues
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <param name="environment">The process's variables.</param>
    /// <param name="file">Path of the <c>.env</c> file, which need not exist.</param>
    /// <exception cref="StartException">The file exists and cannot be read.</exception>
    public static EnvironmentValues Read(IEnumerable<KeyValuePair<string, string?>> environment, string file)
    {
        var values = new EnvironmentValues();
        foreach (var (name, value) in ReadFile(file))
            values._values[name] = value;
        foreach (var (name, value) in environment.Where(v => !string.IsNullOrWhiteSpace(v.Value)))
            values._values[name] = value!.Trim();

        return values;
    }

    public string? this[string name] => _values.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    private static IEnumerable<KeyValuePair<string, string>> ReadFile(string file)
    {
        if (!File.Exists(file))
            return [];

        try
        {
            return [.. File.ReadAllLines(file).Select(ParseLine).OfType<KeyValuePair<string, string>>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{file} cannot be read: {e.Message}");
        }
    }

    /// <summary><c>NAME=value</c>, optionally after <c>export</c>, the value optionally in quotes; <c>#</c> begins a comment.</summary>
    private static KeyValuePair<string, string>? ParseLine(string line)
    {
        var text = line.Trim();
        if (text.StartsWith("export ", StringComparison.Ordinal))
            text = text[7..].TrimStart();

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || text[0] == '#')
            return null;

        return new(text[..equals].Trim(), Unquote(text[(equals + 1)..].Trim()));
    }

    private static string Unquote(string value)
    {
        if (value.Length > 0 && value[0] is '"' or '\'')
        {
            var end = value.IndexOf(value[0], 1);
            return end < 0 ? value : value[1..end];
        }

        var comment = value.IndexOf(" #", StringComparison.Ordinal);
        return comment < 0 ? value : value[..comment].TrimEnd();
    }
}
