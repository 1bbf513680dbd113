using System.Text.Json.Nodes;
using Npgsql;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Lets reactions, votes, edits and the like change the message they are about, inside a commit's transaction: finds the pairs of such a
/// message and its target in one round trip, applies them here, and writes the contents that changed.
/// </summary>
internal sealed class PostgresAmendments(PostgresPipeline pipeline, RecordCipher cipher, SessionLease lease)
{
    private const string Pairs =
        """
        select a.whatsapp_id, a.direction, a.chat, a.sender, a.content, a.timestamp, a.about, t.id, t.direction, t.sender, t.content
        from public.messages a join public.messages t
          on t.whatsapp_session_id = a.whatsapp_session_id and t.whatsapp_id = a.about and t.chat = a.chat and t.about is null and t.status <> 'undecryptable'
        where a.whatsapp_session_id = @session
        """;

    private readonly List<Pair> _pairs = [];
    private readonly Dictionary<Guid, (RecordPlace Place, JsonObject Content)> _contents = [];
    private readonly List<(Guid Id, string Content)> _withFile = [];
    private readonly HashSet<Guid> _changed = [];

    /// <summary>Looks for the targets of some messages, and for the messages that wait for others. The pipeline's next flush answers.</summary>
    public void Find(IReadOnlyList<string> actions, IReadOnlyList<string> targets)
    {
        _pairs.Clear();
        _contents.Clear();
        _changed.Clear();
        if (actions.Count > 0)
            Ask("and a.whatsapp_id = any(@ids) and a.about is not null", actions);
        if (targets.Count > 0)
            Ask("and a.about = any(@ids) and a.status not in ('queued', 'pending')", targets);
    }

    /// <summary>Looks for the message of a file. The pipeline's next flush answers.</summary>
    public void Find(JournalEntry.Media media)
    {
        Find(actions: [], targets: []);
        _withFile.Clear();
        pipeline.Add(
            new PostgresStatement(
                "select id, content from public.messages where whatsapp_session_id = @session and whatsapp_id = @whatsapp and direction = @direction",
                ("session", lease.SessionId), ("whatsapp", media.WhatsAppId), ("direction", media.Direction)),
            r => _withFile.Add((r.GetGuid(0), r.GetString(1))));
    }

    /// <summary>What became of the file of a message.</summary>
    public void Apply(JournalEntry.Media media)
    {
        var place = Place(media.Direction, PostgresText.Clean(media.WhatsAppId));
        foreach (var (id, stored) in _withFile)
        {
            if (Open(place, stored) is { } content && MessageAmendments.WithMedia(content, media.Content) is { } amended)
                Change(id, place, amended);
        }
    }

    /// <returns>False when the message changes what only its author may change, and is not by the author.</returns>
    public bool Apply(MessageKey action) => ApplyAll(_pairs.Where(pair => pair.Action == action));

    /// <summary>What we have sent is taken now.</summary>
    public void ApplySent(string messageId) =>
        ApplyAll(_pairs.Where(pair => pair.Action.WhatsAppId == messageId && pair.Action.Direction == MessageDirections.Sent));

    /// <summary>What came before the message it is about.</summary>
    public void ApplyWaiting(string messageId)
    {
        foreach (var waiting in _pairs.Where(pair => pair.About == messageId).GroupBy(pair => pair.Action))
            ApplyAll(waiting);
    }

    /// <summary>Adds the contents that changed to the pipeline.</summary>
    public void Write()
    {
        if (_changed.Count == 0)
            return;

        pipeline.Add(new PostgresStatement(
            "update public.messages m set content = c.content::jsonb from unnest(@ids, @contents) as c (id, content) where m.id = c.id",
            ("ids", _changed.ToArray()), ("contents", _changed.Select(id => Stored(_contents[id])).ToArray())));
    }

    private void Ask(string which, IReadOnlyList<string> ids) => pipeline.Add(
        new PostgresStatement($"{Pairs} {which} order by a.timestamp, a.id", ("session", lease.SessionId), ("ids", ids.ToArray())),
        r => _pairs.Add(Read(r)));

    /// <param name="pairs">One message with its targets, of which the first that it may change is meant.</param>
    private bool ApplyAll(IEnumerable<Pair> pairs)
    {
        var isAny = false;
        foreach (var pair in pairs)
        {
            isAny = true;
            if (Open(Place(pair.Action.Direction, pair.Action.WhatsAppId), pair.Content) is not { } action)
                return true; // unreadable
            if (MessageAmendments.IsForAuthor(action, pair.Action.Direction) && pair.Author != (pair.Action.Direction, pair.Sender))
                continue;

            var place = Place(pair.Author.Direction, pair.About);
            var content = _contents.TryGetValue(pair.Target, out var known) ? known.Content : Open(place, pair.TargetContent);
            if (content is not null && MessageAmendments.Apply(content, action, pair.Sender, pair.Timestamp) is { } amended)
                Change(pair.Target, place, amended);

            return true;
        }

        return !isAny;
    }

    private void Change(Guid id, RecordPlace place, JsonObject content)
    {
        _contents[id] = (place, content);
        _changed.Add(id);
    }

    private RecordPlace Place(string direction, string whatsAppId) => RecordPlace.Message(lease.SessionId, direction, whatsAppId);

    private JsonObject? Open(RecordPlace place, string stored) =>
        cipher.FindContent(place, stored) is { } content ? JsonNode.Parse(content)!.AsObject() : null;

    private string Stored((RecordPlace Place, JsonObject Content) changed) =>
        cipher.SealContent(changed.Place, PostgresText.CleanJson(changed.Content.ToJsonString()));

    private static Pair Read(NpgsqlDataReader r) => new(
        new MessageKey(r.GetString(0), r.GetString(1), r.GetString(2)), r.GetString(3), r.GetString(4), r.Time(5), r.GetString(6),
        r.GetGuid(7), (r.GetString(8), r.GetString(9)), r.GetString(10));

    /// <summary>A message about another one, and that one.</summary>
    private sealed record Pair(
        MessageKey Action, string Sender, string Content, DateTimeOffset Timestamp, string About,
        Guid Target, (string Direction, string Sender) Author, string TargetContent);
}
