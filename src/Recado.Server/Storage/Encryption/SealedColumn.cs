using System.Globalization;

namespace Recado.Server.Storage.Encryption;

/// <summary>A column whose values are encrypted, or may be. The same in both engines but for the schema and the types.</summary>
/// <param name="Name">For people.</param>
/// <param name="Key">The primary key.</param>
/// <param name="More">What else tells the place of a value.</param>
/// <param name="Place">The place, by the values of the key and those of <paramref name="More"/>.</param>
/// <param name="HasKeyId">Whether the column <c>key_id</c> beside it repeats which secret encrypts it.</param>
internal sealed record SealedColumn(
    string Name, string Table, string Column, SealedForm Form, IReadOnlyList<KeyColumn> Key, IReadOnlyList<string> More,
    Func<IReadOnlyList<string>, RecordPlace> Place, bool HasKeyId = false)
{
    /// <summary>Every such column. A new one belongs here, or rotation leaves it behind.</summary>
    public static IReadOnlyList<SealedColumn> All { get; } =
    [
        new(
            "credentials", "whatsapp_sessions", "session_data", SealedForm.Credentials, [new("id", KeyType.Uuid)], [],
            row => RecordPlace.Credentials(Guid.Parse(row[0]))),
        new(
            "device records", "device_records", "data", SealedForm.Bytes,
            [new("session_id", KeyType.Uuid), new("kind", KeyType.Text), new("id", KeyType.Text)], [],
            row => new RecordPlace(Guid.Parse(row[0]), row[1], row[2]), HasKeyId: true),
        new(
            "references of files", "media", "reference", SealedForm.Bytes, [new("id", KeyType.Uuid)], ["session_id"],
            row => RecordPlace.File(Guid.Parse(row[1]), Guid.Parse(row[0]))),
        new(
            "messages that wait", "queued_messages", "request", SealedForm.Bytes, [new("session_id", KeyType.Uuid), new("id", KeyType.Uuid)], [],
            row => RecordPlace.Queued(Guid.Parse(row[0]), Guid.Parse(row[1])), HasKeyId: true),
        new(
            "answers to repeat", "idempotency_keys", "answer", SealedForm.Bytes, [new("user_id", KeyType.Uuid), new("key", KeyType.Text)], [],
            row => RecordPlace.Answer(Guid.Parse(row[0]), row[1]), HasKeyId: true),
        new(
            "answers to requests with a key", "idempotency_keys", "answer", SealedForm.Bytes, [new("user_id", KeyType.Uuid), new("key", KeyType.Text)], [],
            row => RecordPlace.Answer(Guid.Parse(row[0]), row[1]), HasKeyId: true),
        new(
            "queued messages", "queued_messages", "request", SealedForm.Bytes, [new("session_id", KeyType.Uuid), new("id", KeyType.Uuid)], [],
            row => RecordPlace.Queued(Guid.Parse(row[0]), Guid.Parse(row[1])), HasKeyId: true),
        new(
            "messages", "messages", "content", SealedForm.Json, [new("id", KeyType.Uuid)], ["whatsapp_session_id", "direction", "whatsapp_id"],
            row => RecordPlace.Message(Guid.Parse(row[1]), row[2], row[3])),
        new(
            "events", "user_events", "payload", SealedForm.Json, [new("user_id", KeyType.Uuid), new("event_id", KeyType.Number)], ["session_id"],
            row => RecordPlace.Event(
                row[2].Length > 0 ? Guid.Parse(row[2]) : null, Guid.Parse(row[0]), long.Parse(row[1], CultureInfo.InvariantCulture))),
    ];
}

/// <summary>How a column holds a value.</summary>
internal enum SealedForm
{
    Bytes,

    /// <summary>As bytes, or where others read the column as text of a form of its own.</summary>
    Credentials,

    /// <summary>JSON, encrypted only when the operator wants it.</summary>
    Json,
}

internal enum KeyType
{
    Uuid,
    Text,
    Number,
}

internal readonly record struct KeyColumn(string Name, KeyType Type);

/// <summary>One value of such a column.</summary>
/// <param name="Key">The row's primary key, as text.</param>
/// <param name="Stored">What the column holds: bytes or text.</param>
/// <param name="Data">The encrypted bytes of it; null when it is in the clear. Damaged ones are empty.</param>
internal sealed record SealedValue(IReadOnlyList<string> Key, RecordPlace Place, object Stored, byte[]? Data);

/// <param name="New">The encrypted bytes that take the place of the old value.</param>
internal readonly record struct Resealed(SealedValue Old, byte[] New);
