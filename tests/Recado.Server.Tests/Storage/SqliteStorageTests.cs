using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Tests.Storage;

public sealed class SqliteStorageTests : StorageContract, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;
    private Engine? _engine;

    private protected override Engine Engine => _engine!;

    public ValueTask InitializeAsync()
    {
        var database = _database = SqliteDatabase.Open(_folder.Path);
        var cipher = new RecordCipher(["a secret for tests"], RandomSource.System);
        var signals = new EventSignals();
        _engine = new Engine(
            new SqliteSessionStore(database, Time),
            new SqliteMessageStore(database),
            new SqliteChatStore(database),
            new SqliteMediaStore(database, cipher, Time),
            new SqliteEventLog(database, signals),
            new SqliteSessionJournal(database, cipher, signals, Time),
            new SqliteUpkeep(database, Time),
            new SqliteMessageQueue(database, cipher, Time),
            new SqliteIdempotencyStore(database, cipher, Time),
            new SqliteLeadStore(database, signals, Time),
            new SqliteApiKeyStore(database),
            new SqliteAuditLog(database));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _database!.DisposeAsync();
        _folder.Dispose();
    }

    private protected override async Task ReopenAsync()
    {
        await _database!.DisposeAsync();
        await InitializeAsync();
    }
}
