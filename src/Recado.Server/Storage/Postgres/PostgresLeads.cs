using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>
/// Finds, makes and completes the leads of those with whom messages are exchanged, inside a commit's transaction. Most messages only name a
/// lead that is there: that is seen in the round trip that stores them. Whoever changes leads locks the user's first and looks again.
/// </summary>
internal sealed class PostgresLeads(PostgresPipeline pipeline, RecordCipher cipher, SessionLease lease, DateTimeOffset now)
{
    private readonly List<LeadRow> _known = [];
    private readonly List<JournalEntry.Event> _events = [];
    private HashSet<string> _writers = [];
    private string? _mode;

    /// <summary>Looks for the leads of the other sides of some messages. The pipeline's next flush answers.</summary>
    public void Find(IReadOnlyList<JournalEntry.Message> run)
    {
        Find(PeopleOf(run).ToList());
        (_mode, _writers) = (null, []);
        if (run.Any(message => message.NewLead is not null))
            FindMode(run);
    }

    /// <summary>Links messages that have been stored.</summary>
    /// <returns>What happened to leads.</returns>
    public async Task<IReadOnlyList<JournalEntry.Event>> LinkAsync(IReadOnlyList<JournalEntry.Message> stored, CancellationToken ct)
    {
        _events.Clear();
        var people = stored.Select(message => (Message: message, Person: LeadContact.Of(message.Row))).Where(pair => pair.Person is not null).ToList();
        if (people.Exists(pair => LeadMatch.Find(_known, pair.Person!) is { } match ? match.IsChanged : IsWanted(pair.Message)))
        {
            LockUser(lease.UserId, pipeline);
            Find(PeopleOf(stored).ToList());
            await pipeline.FlushAsync(ct);
        }

        var links = new List<(MessageRow Row, Guid Lead)>();
        foreach (var (message, person) in people)
        {
            if ((await ResolveAsync(person!, ct) ?? await MakeAsync(message, ct)) is { } lead)
                links.Add((message.Row, lead.Id));
        }

        if (links.Count > 0)
            pipeline.Add(Link(links));
        return [.. _events];
    }

    /// <summary>Pairs of JIDs are one user each.</summary>
    /// <returns>What happened to leads.</returns>
    public async Task<IReadOnlyList<JournalEntry.Event>> MergeAsync(IReadOnlyList<JournalEntry.Merge> merges, CancellationToken ct)
    {
        _events.Clear();
        var people = merges.Select(merge => new LeadContact(merge.PhoneNumberJid.Split('@')[0], merge.LidJid)).ToList();
        Find(people);
        await pipeline.FlushAsync(ct);
        if (!people.Exists(person => LeadMatch.Find(_known, person) is { IsChanged: true }))
            return [];

        LockUser(lease.UserId, pipeline);
        Find(people);
        await pipeline.FlushAsync(ct);
        foreach (var person in people)
            await ResolveAsync(person, ct);
        return [.. _events];
    }

    /// <summary>Lets one transaction at a time change a user's leads.</summary>
    public static void LockUser(Guid userId, PostgresPipeline pipeline) => pipeline.Add(
        new PostgresStatement("select pg_advisory_xact_lock(hashtextextended('recado.leads ' || @user::text, 0))", ("user", userId)), _ => { });

    private static IEnumerable<LeadContact> PeopleOf(IEnumerable<JournalEntry.Message> run) =>
        run.Select(message => LeadContact.Of(message.Row)).OfType<LeadContact>();

    private bool IsWanted(JournalEntry.Message message) =>
        message.NewLead is { } wanted && LeadModes.Allows(_mode, wanted) && (wanted.Source == LeadSources.Ad || !_writers.Contains(message.Row.Chat));

    private void Find(List<LeadContact> people)
    {
        _known.Clear();
        if (people.Count > 0)
            pipeline.Add(PostgresLeadStore.FindOf(lease.UserId, people), r => _known.Add(PostgresLeadStore.ReadRow(r)));
    }

    /// <summary>Reads the session's setting and, if it makes leads, whose other side has written to the session before, as far as it knows.</summary>
    private void FindMode(IReadOnlyList<JournalEntry.Message> run) => pipeline.Add(
        new PostgresStatement(
            """
            select s.settings ->> 'leads', case when s.settings ->> 'leads' <> 'off' then array(
                select c.chat from unnest(@chats) as c (chat) where exists (
                    select from public.messages m
                    where m.whatsapp_session_id = @session and m.chat = c.chat and m.direction = 'received' and m.about is null
                      and m.status <> 'undecryptable' and m.whatsapp_id <> all(@ids) and coalesce(m.content ->> 'type', '') not in ('call', 'notice'))) end
            from public.whatsapp_sessions s where s.id = @session
            """,
            ("chats", run.Select(message => message.Row.Chat).Distinct().ToArray()), ("session", lease.SessionId),
            ("ids", run.Select(message => message.Row.WhatsAppId).ToArray())),
        r => (_mode, _writers) = (r.Text(0), r.IsDBNull(1) ? [] : [.. r.GetFieldValue<string[]>(1)]));

    private async Task<LeadRow?> ResolveAsync(LeadContact person, CancellationToken ct)
    {
        if (LeadMatch.Find(_known, person) is not { } match)
            return null;
        if (!match.IsChanged)
            return match.Lead;

        match = match with { Lead = match.Lead with { UpdatedAt = now } };
        if (!await KeepAsync(match.Lead, match.Removed?.Id, ct))
            return _known.Find(lead => lead.Id == match.Lead.Id);

        _known.RemoveAll(lead => lead.Id == match.Removed?.Id);
        _known[_known.FindIndex(lead => lead.Id == match.Lead.Id)] = match.Lead;
        _events.AddRange(LeadEvents.Of(match));
        return match.Lead;
    }

    private async Task<LeadRow?> MakeAsync(JournalEntry.Message message, CancellationToken ct)
    {
        if (!IsWanted(message))
            return null;

        var lead = message.NewLead!.Made(now, cipher.SealsContents);
        if (!await KeepAsync(lead, removed: null, ct))
            return null;

        _known.Add(lead);
        _events.Add(LeadEvents.Created(lead, message.Row.WhatsAppId));
        return lead;
    }

    /// <returns>False when the table has a rule against it.</returns>
    private async Task<bool> KeepAsync(LeadRow lead, Guid? removed, CancellationToken ct)
    {
        var isKept = false;
        pipeline.Add(PostgresLeadStore.Keep(lead, removed), r => isKept = r.GetBoolean(0));
        await pipeline.FlushAsync(ct);
        return isKept;
    }

    /// <summary>Only to leads that are there still: a user may remove one at any moment, also past the program.</summary>
    private PostgresStatement Link(List<(MessageRow Row, Guid Lead)> links) => new(
        """
        update public.messages m set lead_id = l.id
        from unnest(@ids, @directions, @chats, @leads) as p (whatsapp_id, direction, chat, lead_id)
        join (select id from public.leads where id = any(@leads) and user_id = @user for key share) l on l.id = p.lead_id
        where m.whatsapp_session_id = @session and m.whatsapp_id = p.whatsapp_id and m.direction = p.direction and m.chat = p.chat
        """,
        ("user", lease.UserId), ("session", lease.SessionId), ("ids", links.Select(link => link.Row.WhatsAppId).ToArray()),
        ("directions", links.Select(link => link.Row.Direction).ToArray()), ("chats", links.Select(link => link.Row.Chat).ToArray()),
        ("leads", links.Select(link => link.Lead).ToArray()));
}
