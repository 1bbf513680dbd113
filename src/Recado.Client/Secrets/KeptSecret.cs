using System.Text.Json;
using Recado.Protocol;

namespace Recado.Client.Secrets;

/// <summary>The secret of a message, stored as JSON.</summary>
/// <param name="Secret">32 bytes.</param>
/// <param name="Author">Who wrote the message, under the name it was written with.</param>
/// <param name="Options">The options of a poll: votes name them by their hashes only.</param>
internal sealed record KeptSecret(byte[] Secret, Jid Author, IReadOnlyList<string> Options)
{
    public byte[] Serialize() => JsonSerializer.SerializeToUtf8Bytes(new Stored(Secret, Author.ToString(), Options));

    public static KeptSecret Parse(byte[] data)
    {
        var stored = JsonSerializer.Deserialize<Stored>(data)!;
        return new(stored.Secret, Jid.Parse(stored.Author), stored.Options);
    }

    private sealed record Stored(byte[] Secret, string Author, IReadOnlyList<string> Options);
}
