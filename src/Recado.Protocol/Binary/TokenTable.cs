using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recado.Protocol.Binary;

/// <summary>The dictionary both sides share: 235 strings of one byte and four times 256 strings of two bytes. Version 3.</summary>
internal static partial class TokenTable
{
    private static readonly Tables Loaded = Load();

    // token → tag << 8 | index; single-byte tokens have no index.
    private static readonly FrozenDictionary<string, ushort> Codes = Index(Loaded);

    private static readonly int MaxLength = Codes.Keys.Max(token => token.Length);

    public static byte Version => Loaded.DictVersion;

    /// <summary>The token of a tag from 1 to <see cref="BinaryTag.LastSingleToken"/>.</summary>
    public static string Single(byte tag) => Loaded.Single[tag];

    /// <summary>A token of one of the four dictionaries.</summary>
    public static string Double(byte tag, byte index) => Loaded.Double[tag - BinaryTag.Dictionary0][index];

    /// <summary>Finds the code of a string: the tag and, from <see cref="BinaryTag.Dictionary0"/> on, the index.</summary>
    public static bool TryFind(string text, out byte tag, out byte index)
    {
        if (text.Length > MaxLength || !Codes.TryGetValue(text, out var code))
        {
            tag = index = 0;
            return false;
        }

        tag = (byte)(code >> 8);
        index = (byte)code;
        return true;
    }

    private static Tables Load()
    {
        using var json = typeof(TokenTable).Assembly.GetManifestResourceStream("tokens.json")
            ?? throw new InvalidOperationException("The token dictionary is missing from the assembly.");
        var tables = JsonSerializer.Deserialize(json, TokenJson.Default.Tables)
            ?? throw new InvalidOperationException("The token dictionary is empty.");

        // Interned, so that comparing a decoded tag or key with a literal ends at the reference.
        return tables with { Single = Intern(tables.Single), Double = [.. tables.Double.Select(Intern)] };
    }

    private static string[] Intern(string[] tokens) => [.. tokens.Select(string.Intern)];

    private static FrozenDictionary<string, ushort> Index(Tables tables)
    {
        var codes = new Dictionary<string, ushort>(StringComparer.Ordinal);
        for (var tag = 1; tag < tables.Single.Length; tag++)
            codes.Add(tables.Single[tag], (ushort)(tag << 8));

        for (var dictionary = 0; dictionary < tables.Double.Length; dictionary++)
        {
            for (var index = 0; index < tables.Double[dictionary].Length; index++)
                codes.Add(tables.Double[dictionary][index], (ushort)(((BinaryTag.Dictionary0 + dictionary) << 8) | index));
        }

        return codes.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private sealed record Tables(byte DictVersion, string[] Single, string[][] Double);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Tables))]
    private sealed partial class TokenJson : JsonSerializerContext;
}
