using System.Text;
using System.Text.Json;

namespace Recado.Server.Storage.Encryption;

/// <summary>
/// What people write, encrypted when the operator wants it. It stays JSON, <c>{"encrypted":"recado:&lt;base64&gt;"}</c>, so that whoever else
/// reads the column (Supabase) finds what the column promises.
/// </summary>
internal sealed partial class RecordCipher
{
    private const string Member = "encrypted", Prefix = "recado:";

    /// <summary>Whether contents are encrypted when they are written.</summary>
    public bool SealsContents { get; }

    /// <summary>The form in which a content is stored.</summary>
    public string SealContent(RecordPlace place, string json) => SealsContents ? ToJson(Seal(place, Encoding.UTF8.GetBytes(json))) : json;

    /// <summary>The content that is stored, encrypted or not.</summary>
    /// <exception cref="StorageException">It is encrypted and cannot be read.</exception>
    public string OpenContent(RecordPlace place, string stored) =>
        FindSealed(stored) is { } data ? Encoding.UTF8.GetString(Open(place, data)) : stored;

    /// <summary>The same, where one that cannot be read must not keep the others from being shown.</summary>
    /// <param name="unreadable">What stands in its place.</param>
    public string OpenContent(RecordPlace place, string stored, string unreadable)
    {
        try
        {
            return OpenContent(place, stored);
        }
        catch (StorageException)
        {
            return unreadable;
        }
    }

    public static string ToJson(ReadOnlySpan<byte> sealed_) => $$"""{"{{Member}}":"{{Prefix}}{{Convert.ToBase64String(sealed_)}}"}""";

    /// <summary>The encrypted bytes of a stored content; null when it is in the clear. Damaged ones are empty, which nothing opens.</summary>
    public static byte[]? FindSealed(string stored)
    {
        if (!stored.StartsWith($$"""{"{{Member}}":""", StringComparison.Ordinal))
            return null;

        var content = JsonElement.Parse(stored);
        if (content.GetPropertyCount() != 1 || content.GetProperty(Member) is not { ValueKind: JsonValueKind.String } member
            || member.GetString() is not { } text || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var data = new byte[text.Length];
        return Convert.TryFromBase64Chars(text.AsSpan(Prefix.Length), data, out var length) ? data[..length] : [];
    }
}
