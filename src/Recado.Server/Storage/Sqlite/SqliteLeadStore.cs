using System.Text.Json;
using System.Text;
using Microsoft.Data.Sqlite;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Sqlite;

internal sealed class SqliteLeadStore(SqliteDatabase database, RecordCipher cipher, EventSignals signals, TimeProvider time) : ILeadStore
{
    private const string Columns =
        "id, user_id, company_id, whatsapp_session_id, data, status, name, phone_number, lid, email, company, source, tags, created_at, updated_at";

    public async Task<LeadPage> ListAsync(LeadQuery query, CancellationToken ct)
    {
        var (sql, parameters) = Compose(query);
        var rows = await database.ReadAsync(db => db.Query(sql, ReadRow, parameters), ct);
        if (rows.Count <= query.Limit)
            return new LeadPage(rows, Next: null);

        rows.RemoveAt(query.Limit);
        return new LeadPage(rows, new RowCursor(rows[^1].CreatedAt, rows[^1].Id));
    }

    public Task<LeadRow?> FindAsync(Guid userId, Guid leadId, CancellationToken ct) => database.ReadAsync(db => Find(db, userId, leadId), ct);

    public Task<LeadOutcome> AddAsync(LeadRow lead, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return WriteAsync(
            lead.UserId, now,
            (db, events) =>
            {
                if (OtherWithNumber(db, lead) is { } other)
                    return new LeadOutcome.NumberTaken(other.Id);

                var added = lead with { Id = Guid.CreateVersion7(now), SessionId = OwnSession(db, lead), CreatedAt = now, UpdatedAt = now };
                Insert(db, added);
                events.Write(LeadEvents.Created(added));
                return new LeadOutcome.Written(added);
            },
            ct);
    }

    public Task<LeadOutcome> ChangeAsync(Guid userId, Guid leadId, Func<LeadRow, LeadRow?> change, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return WriteAsync(
            userId, now,
            (db, events) =>
            {
                if (Find(db, userId, leadId) is not { } lead)
                    return new LeadOutcome.NotFound();

                if (change(lead) is not { } next)
                    return new LeadOutcome.Declined();
                if (next.PhoneNumber != lead.PhoneNumber && OtherWithNumber(db, next) is { } other)
                    return new LeadOutcome.NumberTaken(other.Id);

                next = next with { SessionId = OwnSession(db, next), UpdatedAt = now };
                Update(db, next);
                events.Write(LeadEvents.Updated(next));
                return new LeadOutcome.Written(next);
            },
            ct);
    }

    public async Task<bool> RemoveAsync(Guid userId, Guid leadId, CancellationToken ct) => await WriteAsync(
        userId, time.GetUtcNow(),
        (db, events) =>
        {
            if (Find(db, userId, leadId) is not { } lead)
                return new LeadOutcome.NotFound();

            db.Execute("update messages set lead_id = null where lead_id = $id", ("$id", leadId));
            Delete(db, leadId);
            events.Write(LeadEvents.Deleted(lead));
            return new LeadOutcome.Written(lead);
        },
        ct) is LeadOutcome.Written;

    /// <summary>The user's leads that have the person's LID or number, the oldest first.</summary>
    public static IReadOnlyList<LeadRow> FindOf(SqliteStatements db, Guid userId, LeadContact person) => db.Query(
        $"""
        select {Columns} from leads where (user_id = $user and lid = $lid) or (user_id = $user and phone_number in ($number, $form))
        order by created_at, id
        """,
        ReadRow, ("$user", userId), ("$lid", person.Lid), ("$number", person.PhoneNumber), ("$form", person.Numbers is [_, var form] ? form : null));

    public static void Insert(SqliteStatements db, LeadRow lead) => db.Execute(
        $"""
        insert into leads ({Columns})
        values ($id, $user, $company_id, $session, $data, $status, $name, $phone, $lid, $email, $company, $source, $tags, $created, $updated)
        """,
        [("$user", lead.UserId), ("$created", lead.CreatedAt), .. Values(lead)]);

    public static void Update(SqliteStatements db, LeadRow lead) => db.Execute(
        """
        update leads set company_id = $company_id, whatsapp_session_id = $session, data = $data, status = $status, name = $name, phone_number = $phone,
            lid = $lid, email = $email, company = $company, source = $source, tags = $tags, updated_at = $updated
        where id = $id
        """,
        Values(lead));

    public static void Delete(SqliteStatements db, Guid leadId) => db.Execute("delete from leads where id = $id", ("$id", leadId));

    private async Task<LeadOutcome> WriteAsync(
        Guid userId, DateTimeOffset now, Func<SqliteStatements, SqliteEvents, LeadOutcome> work, CancellationToken ct)
    {
        var outcome = await database.WriteAsync(db => work(db, new SqliteEvents(db, cipher, userId, sessionId: null, now)), ct);
        if (outcome is LeadOutcome.Written)
            signals.Pulse(userId);
        return outcome;
    }

    private static LeadRow? Find(SqliteStatements db, Guid userId, Guid leadId) => db.First(
        $"select {Columns} from leads where id = $id and user_id = $user", ReadRow, ("$id", leadId), ("$user", userId));

    private static LeadRow? OtherWithNumber(SqliteStatements db, LeadRow lead) => lead.PhoneNumber is null
        ? null
        : FindOf(db, lead.UserId, new LeadContact(lead.PhoneNumber, Lid: null)).FirstOrDefault(other => other.Id != lead.Id);

    /// <summary>The lead's session, unless it is gone by now.</summary>
    private static Guid? OwnSession(SqliteStatements db, LeadRow lead) =>
        lead.SessionId is { } id && SqliteSessionStore.Find(db, id)?.UserId == lead.UserId ? id : null;

    private static (string Sql, (string, object?)[] Parameters) Compose(LeadQuery query)
    {
        var sql = new StringBuilder($"select {Columns} from leads where user_id = $user");
        var parameters = new List<(string, object?)> { ("$user", query.UserId) };
        if (query.Before is { } before)
        {
            sql.Append(" and (created_at, id) < ($time, $id)");
            parameters.AddRange([("$time", before.Timestamp), ("$id", before.Id)]);
        }

        // The plus signs keep the planner from leaving the order of the list.
        Add(query.Status, " and status = $status", "$status");
        Add(query.Source, " and source = $source", "$source");
        Add(query.SessionId, " and +whatsapp_session_id = $session", "$session");
        Add(query.Within is { } within ? JsonSerializer.Serialize(within) : null, " and +whatsapp_session_id in (select value from json_each($within))", "$within");
        Add(query.Tag, " and exists (select 1 from json_each(tags) where value = $tag)", "$tag");
        Add(
            query.Text?.ToUpperInvariant(),
            """
             and (instr(upper_case(name), $text) or instr(upper_case(company), $text) or instr(phone_number, $text) or instr(upper_case(email), $text)
                or exists (select 1 from json_tree(data) where instr(upper_case(cast(atom as text)), $text)))
            """,
            "$text");
        sql.Append(" order by created_at desc, id desc limit $limit");
        parameters.Add(("$limit", query.Limit + 1));
        return (sql.ToString(), [.. parameters]);

        void Add(object? value, string condition, string name)
        {
            if (value is null)
                return;

            sql.Append(condition);
            parameters.Add((name, value));
        }
    }

    private static (string, object?)[] Values(LeadRow lead) =>
    [
        ("$id", lead.Id), ("$company_id", lead.CompanyId), ("$session", lead.SessionId), ("$data", lead.Data.GetRawText()), ("$status", lead.Status),
        ("$name", lead.Name), ("$phone", lead.PhoneNumber), ("$lid", lead.Lid), ("$email", lead.Email), ("$company", lead.Company),
        ("$source", lead.Source), ("$tags", LeadColumns.Json(lead.Tags)), ("$updated", lead.UpdatedAt),
    ];

    private static LeadRow ReadRow(SqliteDataReader r) => new()
    {
        Id = r.Guid(0),
        UserId = r.Guid(1),
        CompanyId = r.Text(2),
        SessionId = r.IsDBNull(3) ? null : r.Guid(3),
        Data = LeadColumns.Data(r.GetString(4)),
        Status = r.GetString(5),
        Name = r.Text(6),
        PhoneNumber = r.Text(7),
        Lid = r.Text(8),
        Email = r.Text(9),
        Company = r.Text(10),
        Source = r.Text(11),
        Tags = LeadColumns.Tags(r.GetString(12)),
        CreatedAt = r.Time(13),
        UpdatedAt = r.Time(14),
    };
}
