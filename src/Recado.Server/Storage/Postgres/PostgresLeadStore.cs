using System.Text;
using System.Text.Json;
using Npgsql;
using Recado.Server.Hosting;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Storage.Postgres;

/// <summary>The table may be older than the program, and is written by users as well: what is read is cast, and what is written may be refused.</summary>
internal sealed class PostgresLeadStore(PostgresDatabase database, RecordCipher cipher, EventSignals signals, TimeProvider time) : ILeadStore
{
    // Of the indexes leads_newest_first, leads_by_number and leads_by_lid.
    private const string Created = "least(greatest(created_at, timestamptz '0001-01-02 00:00:00+00'), timestamptz '9999-12-30 00:00:00+00')";
    private const string Number = @"left(regexp_replace(phone_number, '\D', '', 'g'), 20)", Lid = "left(lid, 64)";

    private const string Columns =
        "id, user_id, company_id::text, whatsapp_session_id, data::text, status, name, phone_number, lid, email, company, source, tags::text, "
        + $"{Created}, least(greatest(updated_at, timestamptz '0001-01-02 00:00:00+00'), timestamptz '9999-12-30 00:00:00+00')";

    public async Task<LeadPage> ListAsync(LeadQuery query, CancellationToken ct)
    {
        var rows = await database.QueryAsync(Compose(query), ReadRow, ct);
        if (rows.Count <= query.Limit)
            return new LeadPage(rows, Next: null);

        rows.RemoveAt(query.Limit);
        return new LeadPage(rows, new RowCursor(rows[^1].CreatedAt, rows[^1].Id));
    }

    public Task<LeadRow?> FindAsync(Guid userId, Guid leadId, CancellationToken ct) => database.FirstAsync(
        new PostgresStatement($"select {Columns} from public.leads where id = @id and user_id = @user", ("id", leadId), ("user", userId)), ReadRow, ct);

    public Task<LeadOutcome> AddAsync(LeadRow lead, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return WriteAsync(
            lead.UserId,
            async pipeline =>
            {
                PostgresLeads.LockUser(lead.UserId, pipeline);
                if (await FindOtherAsync(pipeline, lead, ct) is { } other)
                    return new LeadOutcome.NumberTaken(other.Id);

                var added = lead with { Id = Guid.CreateVersion7(now), CreatedAt = now, UpdatedAt = now };
                return await KeepAsync(pipeline, added, LeadEvents.Created(added), now, ct);
            },
            ct);
    }

    public Task<LeadOutcome> ChangeAsync(Guid userId, Guid leadId, Func<LeadRow, LeadRow?> change, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return WriteAsync(
            userId,
            async pipeline =>
            {
                PostgresLeads.LockUser(userId, pipeline);
                if (await LockAsync(pipeline, userId, leadId, ct) is not { } lead)
                    return new LeadOutcome.NotFound();

                if (change(lead) is not { } next)
                    return new LeadOutcome.Declined();
                if (next.PhoneNumber != lead.PhoneNumber && await FindOtherAsync(pipeline, next, ct) is { } other)
                    return new LeadOutcome.NumberTaken(other.Id);

                next = next with { UpdatedAt = now };
                return await KeepAsync(pipeline, next, LeadEvents.Updated(next), now, ct);
            },
            ct);
    }

    public async Task<bool> RemoveAsync(Guid userId, Guid leadId, CancellationToken ct) => await WriteAsync(
        userId,
        async pipeline =>
        {
            PostgresLeads.LockUser(userId, pipeline);
            if (await LockAsync(pipeline, userId, leadId, ct) is not { } lead)
                return new LeadOutcome.NotFound();

            // The messages first: the original's table need not let them stay.
            pipeline.Add(new PostgresStatement("update public.messages set lead_id = null where lead_id = @id", ("id", leadId)));
            pipeline.Add(new PostgresStatement("delete from public.leads where id = @id", ("id", leadId)));
            await PostgresEvents.AppendAsync(pipeline, cipher, userId, sessionId: null, [LeadEvents.Deleted(lead)], time.GetUtcNow(), ct);
            return new LeadOutcome.Written(lead);
        },
        ct) is LeadOutcome.Written;

    /// <summary>The user's leads that have the LID or number of one of these people, the oldest first.</summary>
    public static PostgresStatement FindOf(Guid userId, IReadOnlyList<LeadContact> people) => new(
        $"""
        select {Columns} from public.leads where (user_id = @user and {Lid} = any(@lids)) or (user_id = @user and {Number} = any(@numbers))
        order by {Created}, id
        """,
        ("user", userId), ("lids", people.Select(person => person.Lid).OfType<string>().ToArray()),
        ("numbers", people.SelectMany(person => person.Numbers).ToArray()));

    /// <summary>Adds or changes a lead. The answer is false when a rule of the table refuses it.</summary>
    /// <param name="removed">Another lead that goes into it.</param>
    public static PostgresStatement Keep(LeadRow lead, Guid? removed) => new(
        "select recado.keep_lead(@lead::jsonb, @removed::uuid)",
        ("lead", PostgresText.CleanJson(JsonSerializer.Serialize(lead, RecadoJson.Options))), ("removed", removed));

    public static LeadRow ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(0),
        UserId = r.GetGuid(1),
        CompanyId = r.Text(2),
        SessionId = r.GuidOrNull(3),
        Data = LeadColumns.Data(r.Text(4)),
        Status = r.Text(5) ?? LeadRow.New,
        Name = r.Text(6),
        PhoneNumber = r.Text(7),
        Lid = r.Text(8),
        Email = r.Text(9),
        Company = r.Text(10),
        Source = r.Text(11),
        Tags = LeadColumns.Tags(r.Text(12)),
        CreatedAt = r.Time(13),
        UpdatedAt = r.Time(14),
    };

    private async Task<LeadOutcome> WriteAsync(Guid userId, Func<PostgresPipeline, Task<LeadOutcome>> work, CancellationToken ct)
    {
        var outcome = await database.WriteAsync(work, ct);
        if (outcome is LeadOutcome.Written)
            signals.Pulse(userId);
        return outcome;
    }

    private async Task<LeadOutcome> KeepAsync(
        PostgresPipeline pipeline, LeadRow lead, JournalEntry.Event told, DateTimeOffset now, CancellationToken ct)
    {
        var isKept = false;
        pipeline.Add(Keep(lead, removed: null), r => isKept = r.GetBoolean(0));
        await pipeline.FlushAsync(ct);
        if (!isKept)
            return new LeadOutcome.Refused();

        await PostgresEvents.AppendAsync(pipeline, cipher, lead.UserId, sessionId: null, [told], now, ct);
        return new LeadOutcome.Written(lead);
    }

    /// <summary>The row, which stays as it is until the transaction ends.</summary>
    private static async Task<LeadRow?> LockAsync(PostgresPipeline pipeline, Guid userId, Guid leadId, CancellationToken ct)
    {
        LeadRow? lead = null;
        pipeline.Add(
            new PostgresStatement(
                $"select {Columns} from public.leads where id = @id and user_id = @user for no key update", ("id", leadId), ("user", userId)),
            r => lead = ReadRow(r));
        await pipeline.FlushAsync(ct);
        return lead;
    }

    private static async Task<LeadRow?> FindOtherAsync(PostgresPipeline pipeline, LeadRow lead, CancellationToken ct)
    {
        LeadRow? other = null;
        if (lead.PhoneNumber is { } number)
        {
            pipeline.Add(
                FindOf(lead.UserId, [new LeadContact(number, Lid: null)]),
                r => other ??= ReadRow(r) is { } found && found.Id != lead.Id ? found : null);
            await pipeline.FlushAsync(ct);
        }

        return other;
    }

    private static PostgresStatement Compose(LeadQuery query)
    {
        var sql = new StringBuilder($"select {Columns} from public.leads where user_id = @user");
        var values = new List<(string, object?)> { ("user", query.UserId), ("limit", query.Limit + 1) };
        if (query.Before is { } before)
        {
            sql.Append($" and ({Created}, id) < (@time, @id)");
            values.AddRange([("time", before.Timestamp), ("id", before.Id)]);
        }

        Add(query.Status, " and status = @status", "status");
        Add(query.Source, " and source = @source", "source");
        Add(query.SessionId, " and whatsapp_session_id = @session", "session");
        Add(query.Within?.ToArray(), " and whatsapp_session_id = any(@within)", "within");
        Add(query.Tag, " and tags @> to_jsonb(@tag::text)", "tag");
        Add(
            query.Text is { } text ? $"%{text.Replace(@"\", @"\\").Replace("%", @"\%").Replace("_", @"\_")}%" : null,
            """
             and (name ilike @text or company ilike @text or phone_number ilike @text or email ilike @text or exists (
                select from jsonb_path_query(data, 'strict $.**') v where jsonb_typeof(v) in ('string', 'number', 'boolean') and v #>> '{}' ilike @text))
            """,
            "text");
        sql.Append($" order by {Created} desc, id desc limit @limit");
        return new PostgresStatement(sql.ToString(), values);

        void Add(object? value, string condition, string name)
        {
            if (value is null)
                return;

            sql.Append(condition);
            values.Add((name, value));
        }
    }
}
