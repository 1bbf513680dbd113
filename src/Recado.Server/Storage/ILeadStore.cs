namespace Recado.Server.Storage;

/// <summary>
/// The leads of all users. Each change is told by an event in the same transaction. What messages do to leads is written with them
/// (<see cref="ISessionJournal"/>).
/// </summary>
internal interface ILeadStore
{
    /// <summary>One page, newest first.</summary>
    Task<LeadPage> ListAsync(LeadQuery query, CancellationToken ct);

    /// <summary>A lead of this user, or null.</summary>
    Task<LeadRow?> FindAsync(Guid userId, Guid leadId, CancellationToken ct);

    /// <summary>Adds a lead and gives it an id, unless the user has one with its phone number.</summary>
    Task<LeadOutcome> AddAsync(LeadRow lead, CancellationToken ct);

    /// <summary>Makes of the row what <paramref name="change"/> does, unless another lead has the phone number.</summary>
    /// <param name="change">May give null to decline.</param>
    Task<LeadOutcome> ChangeAsync(Guid userId, Guid leadId, Func<LeadRow, LeadRow?> change, CancellationToken ct);

    /// <summary>Removes a lead. Messages with it stay, and name no lead any more.</summary>
    /// <returns>False when the user has no such lead.</returns>
    Task<bool> RemoveAsync(Guid userId, Guid leadId, CancellationToken ct);
}

/// <summary>Which leads to read.</summary>
/// <param name="Limit">1 to 200.</param>
/// <param name="Before">Where the page before this one ended.</param>
/// <param name="Tag">One of the lead's tags.</param>
/// <param name="Within">The only sessions whose leads are read; null for all, and for leads of none.</param>
/// <param name="Text">Part of name, company, phone number, email or a value in the data, in any case.</param>
internal sealed record LeadQuery(
    Guid UserId, int Limit = 50, RowCursor? Before = null, string? Status = null, string? Tag = null, string? Source = null, Guid? SessionId = null,
    string? Text = null, IReadOnlySet<Guid>? Within = null);

/// <param name="Next">Cursor of the following page, or null on the last one.</param>
internal sealed record LeadPage(IReadOnlyList<LeadRow> Leads, RowCursor? Next);

/// <summary>What became of a change to a lead.</summary>
internal abstract record LeadOutcome
{
    private LeadOutcome() { }

    public sealed record Written(LeadRow Lead) : LeadOutcome;

    public sealed record NotFound : LeadOutcome;

    /// <summary>The change was declined by who asked for it.</summary>
    public sealed record Declined : LeadOutcome;

    /// <summary>Another lead of the user has the phone number.</summary>
    public sealed record NumberTaken(Guid LeadId) : LeadOutcome;

    /// <summary>A rule that the table has from somebody else does not let the row in.</summary>
    public sealed record Refused : LeadOutcome;
}
