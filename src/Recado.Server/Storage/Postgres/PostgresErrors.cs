using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>Postgres's error codes as sentences. Never its details, which quote values.</summary>
internal static class PostgresErrors
{
    /// <summary>Raised by our own function when a lease is stale.</summary>
    public const string StaleLease = "RC001";

    private const string ReadOnly = "25006", LockNotAvailable = "55P03";

    /// <summary>Whether the connection is gone, rather than a statement refused: another connection may work.</summary>
    public static bool IsConnectionLost(NpgsqlException e) =>
        e is PostgresException { SqlState: var state }
            ? Class(state) is "08" or "XX" || state.StartsWith("57P", StringComparison.Ordinal) // poolers report a lost server as XX000 or 08P01
            : e.InnerException is IOException or SocketException;

    /// <summary>Whether what was under way may have happened all the same: nobody said that it did not.</summary>
    public static bool LeavesDoubt(Exception e) => e is not PostgresException postgres || IsConnectionLost(postgres);

    public static StorageException Translate(Exception e) => e is NpgsqlException postgres
        ? new StorageException(Describe(postgres), IsTransient(postgres), e) { IsUserGone = IsUserGone(postgres) }
        : new StorageException("The database is closed.", isTransient: false, e);

    /// <summary>Rows of a user who was removed in the meantime, while a token of theirs still counts.</summary>
    private static bool IsUserGone(NpgsqlException e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation } foreign
        && (foreign.TableName is "whatsapp_sessions" or "api_keys" || foreign.ConstraintName?.Contains("user_id", StringComparison.Ordinal) == true);

    private static bool IsTransient(NpgsqlException e) => e is PostgresException { SqlState: var state }
        ? Class(state) is "08" or "40" or "53" or "57" or "58" or "XX" || state is ReadOnly or LockNotAvailable
        : e.IsTransient || e.InnerException is IOException or SocketException or TimeoutException;

    public static string Describe(NpgsqlException e) => e switch
    {
        PostgresException { SqlState: "28P01" or "28000" } refused => $"it refuses the user or the password ({Text(refused)})",
        PostgresException { SqlState: "3D000" } absent => $"{Text(absent)}; create it, or correct the name at the end of the address",
        PostgresException { SqlState: "42501" } denied => $"the user may not do what is needed ({Text(denied)})",
        PostgresException { SqlState: ReadOnly } => "it is read-only at the moment (Supabase does that when the disk is full); make room",
        PostgresException { SqlState: "53100" } => "its disk is full; make room",
        PostgresException { SqlState: var state } other when Class(state) is "08" or "53" or "57" or "XX" => $"it is not available ({Text(other)})",
        PostgresException other => $"Postgres error {other.SqlState}",
        { InnerException: TimeoutException } => "it does not answer in time",
        { InnerException: SocketException socket } => $"nothing answers at its address ({socket.Message})",
        { InnerException: AuthenticationException tls } => $"its TLS certificate is not accepted ({tls.Message.TrimEnd('.')})",
        { InnerException: IOException } => "the connection was cut",
        _ => e.Message.TrimEnd('.'),
    };

    private static string Class(string state) => state[..2];

    private static string Text(PostgresException e) => e.MessageText.ReplaceLineEndings(" ").TrimEnd('.');
}
