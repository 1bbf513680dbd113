namespace Recado.Server.Storage;

/// <summary>Who did what to which session.</summary>
internal interface IAuditLog
{
    /// <summary>Adds rows, all or none. Rows that are there already stay as they are.</summary>
    Task AddAsync(IReadOnlyList<AuditRow> rows, CancellationToken ct);

    /// <summary>One page of a user's rows, newest first.</summary>
    Task<IReadOnlyList<AuditRow>> ListAsync(AuditQuery query, CancellationToken ct);
}

/// <param name="Before">Id of the last row of the page before this one.</param>
internal sealed record AuditQuery(Guid UserId, int Limit, Guid? Before = null, Guid? SessionId = null, string? Action = null);
