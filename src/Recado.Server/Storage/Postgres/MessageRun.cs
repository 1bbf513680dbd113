namespace Recado.Server.Storage.Postgres;

/// <summary>What makes a message one message.</summary>
internal readonly record struct MessageKey(string WhatsAppId, string Direction, string Chat)
{
    public static MessageKey Of(MessageRow row) => new(PostgresText.Clean(row.WhatsAppId), row.Direction, PostgresText.Clean(row.Chat));
}

/// <summary>
/// Messages that follow each other in a commit and can be written by one statement: none comes twice, and none is about another of them.
/// </summary>
internal sealed class MessageRun
{
    private readonly HashSet<MessageKey> _keys = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal), _abouts = new(StringComparer.Ordinal);

    public List<JournalEntry.Message> Entries { get; } = [];

    /// <summary>The longest run that begins at <paramref name="at"/>.</summary>
    public static MessageRun Take(IReadOnlyList<JournalEntry> entries, int at)
    {
        var run = new MessageRun();
        while (at < entries.Count && entries[at] is JournalEntry.Message message && run.TryAdd(message))
            at++;
        return run;
    }

    private bool TryAdd(JournalEntry.Message message)
    {
        var row = message.Row;
        if (_abouts.Contains(row.WhatsAppId) || (row.About is { } about && _ids.Contains(about)) || !_keys.Add(MessageKey.Of(row)))
            return false;

        _ids.Add(row.WhatsAppId);
        if (row.About is not null)
            _abouts.Add(row.About);
        Entries.Add(message);
        return true;
    }
}

/// <summary>Steps of messages that follow each other in a commit and can be written by one statement: none of the same message.</summary>
internal static class ProgressRun
{
    public static List<JournalEntry.Progress> Take(IReadOnlyList<JournalEntry> entries, int at)
    {
        var run = new List<JournalEntry.Progress>();
        var known = new HashSet<(string, string)>();
        while (at < entries.Count && entries[at] is JournalEntry.Progress step && known.Add((step.WhatsAppId, step.Direction)))
        {
            run.Add(step);
            at++;
        }

        return run;
    }
}
