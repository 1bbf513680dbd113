using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Tests.Storage;

public sealed class SqliteStorageTests() : SqliteStorageContract(sealsContents: false);

/// <summary>The same where what people write is encrypted.</summary>
public sealed class SealedSqliteStorageTests() : SqliteStorageContract(sealsContents: true);

public abstract class SqliteStorageContract(bool sealsContents) : StorageContract, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private Engine? _engine;

    private protected override Engine Engine => _engine!;

    private protected override bool IsSearchable => !sealsContents;

    public ValueTask InitializeAsync()
    {
        var database = _database = SqliteDatabase.Open(_folder.Path);
        var cipher = new RecordCipher(["a secret for tests"], RandomSource.System, sealsContents);
        var signals = new EventSignals();
        _engine = new Engine(
            new SqliteSessionStore(database, Time),
            new SqliteMessageStore(database, cipher),
            new SqliteChatStore(database, cipher),
            new SqliteMediaStore(database, cipher, Time),
            new SqliteEventLog(database, cipher, signals),
            new SqliteSessionJournal(database, cipher, signals, Time),
            new SqliteUpkeep(database, Time),
            new SqliteMessageQueue(database, cipher, Time),
            new SqliteIdempotencyStore(database, cipher, Time),
            new SqliteLeadStore(database, cipher, signals, Time),
            new SqliteApiKeyStore(database),
            new SqliteAuditLog(database));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _database!.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected override async Task ReopenAsync()
    {
        await _database!.DisposeAsync();
        await InitializeAsync();
    }
}
