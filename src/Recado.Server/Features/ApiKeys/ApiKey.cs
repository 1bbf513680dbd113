using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Recado.Protocol.Crypto;

namespace Recado.Server.Features.ApiKeys;

/// <summary>
/// A key as a server sends it: <c>rcd_</c>, twelve hexadecimal digits that name it, <c>_</c>, and 256 random bits in hexadecimal. As hard to guess as
/// an encryption key, so a plain hash keeps it safe: there is no dictionary to try.
/// </summary>
internal readonly record struct ApiKey
{
    private const string Mark = "rcd_";
    private const int NameBytes = 6, SecretBytes = 32, PrefixLength = 4 + (2 * NameBytes), Length = PrefixLength + 1 + (2 * SecretBytes);

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef_");

    private readonly string _text;

    private ApiKey(string text) => _text = text;

    /// <summary>The part that may be shown.</summary>
    public string Prefix => _text[..PrefixLength];

    /// <summary>The whole key. Shown to its user once, and then to nobody.</summary>
    public string Secret => _text;

    public byte[] Hash => SHA256.HashData(Encoding.ASCII.GetBytes(_text));

    public static ApiKey Create(IRandomSource random) =>
        new($"{Mark}{Convert.ToHexStringLower(random.Bytes(NameBytes))}_{Convert.ToHexStringLower(random.Bytes(SecretBytes))}");

    public static ApiKey? Parse(string text) =>
        text.Length == Length && text.StartsWith(Mark, StringComparison.Ordinal) && text[PrefixLength] == '_'
            && text.AsSpan(Mark.Length).IndexOfAnyExcept(Digits) < 0
            ? new ApiKey(text)
            : null;

    public bool Matches(byte[] hash) => CryptographicOperations.FixedTimeEquals(Hash, hash);

    public override string ToString() => Prefix; // wherever it is written by mistake
}
