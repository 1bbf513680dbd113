using Microsoft.Data.Sqlite;

namespace Recado.Server.Storage.Sqlite;

/// <summary>SQLite's result codes as sentences.</summary>
internal static class SqliteErrors
{
    private const int Busy = 5, Locked = 6, NoMemory = 7, ReadOnly = 8, Interrupt = 9, InputOutput = 10;
    private const int Corrupt = 11, Full = 13, CannotOpen = 14, NotADatabase = 26;

    /// <summary>Errors after which SQLite may have rolled back the whole transaction, or should.</summary>
    public static bool VoidsTransaction(SqliteException e) =>
        e.SqliteErrorCode is Busy or Locked or NoMemory or ReadOnly or Interrupt or InputOutput or Corrupt or Full or CannotOpen or NotADatabase;

    public static StorageException Translate(SqliteException e) => new(Describe(e), e.SqliteErrorCode is Busy or Locked or NoMemory or InputOutput or Full, e);

    private static string Describe(SqliteException e) => e.SqliteErrorCode switch
    {
        Busy or Locked => "another process holds it locked; stop that process (another Recado, or a tool that has the file open for writing)",
        ReadOnly => "it is read-only for this user; check the owner and mode of the file and its folder",
        InputOutput => $"the disk reported an error ({e.SqliteExtendedErrorCode})",
        Corrupt => "the file is damaged; restore it from a backup",
        Full => "the disk is full; make room",
        CannotOpen => "the file cannot be opened; check the owner and mode of the file and its folder",
        NotADatabase => "the file is not an SQLite database",
        _ => $"SQLite error {e.SqliteExtendedErrorCode}",
    };
}
