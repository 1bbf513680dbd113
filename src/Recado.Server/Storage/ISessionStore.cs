namespace Recado.Server.Storage;

/// <summary>
/// The sessions of all users. Only a session's owner changes its state (<see cref="ISessionJournal"/>); what the user decides is changed here.
/// </summary>
internal interface ISessionStore
{
    /// <summary>Adds a session in state <c>connecting</c> unless the user already runs <paramref name="limit"/> of them.</summary>
    /// <returns>The row, or null when the limit is reached. Sessions that are disconnected or logged out do not count.</returns>
    Task<SessionRow?> CreateAsync(Guid userId, string? name, int limit, CancellationToken ct);

    /// <summary>The user's sessions, newest first.</summary>
    Task<IReadOnlyList<SessionRow>> ListAsync(Guid userId, CancellationToken ct);

    /// <summary>The session if it exists and belongs to the user.</summary>
    Task<SessionRow?> FindAsync(Guid userId, Guid sessionId, CancellationToken ct);

    /// <summary>Changes name and settings, as <paramref name="change"/> makes them of what they are; of the rest of the row nothing is written.</summary>
    /// <returns>The row as it is now, or null when it does not exist or belong to the user.</returns>
    Task<SessionRow?> ChangeAsync(Guid userId, Guid sessionId, Func<SessionRow, SessionRow> change, CancellationToken ct);

    /// <summary>The session, whoever owns it. For the session's own grain.</summary>
    Task<SessionRow?> FindAsync(Guid sessionId, CancellationToken ct);

    /// <summary>Sessions in one of <paramref name="states"/>, over all users, oldest first.</summary>
    Task<IReadOnlyList<SessionRow>> ListByStateAsync(IReadOnlyCollection<string> states, CancellationToken ct);

    /// <summary>How many sessions are in each state, over all users; states without any are absent.</summary>
    Task<IReadOnlyDictionary<string, int>> CountByStateAsync(CancellationToken ct);
}
