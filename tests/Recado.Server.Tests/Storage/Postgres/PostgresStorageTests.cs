using Microsoft.Extensions.Logging.Abstractions;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class PostgresStorageTests() : PostgresStorageContract(isPooled: false);

/// <summary>The same through a transaction pooler.</summary>
public sealed class PooledPostgresStorageTests() : PostgresStorageContract(isPooled: true);

/// <summary>The same where what people write is encrypted.</summary>
public sealed class SealedPostgresStorageTests() : PostgresStorageContract(isPooled: false, sealsContents: true);

public abstract class PostgresStorageContract(bool isPooled, bool sealsContents = false) : StorageContract, IAsyncLifetime
{
    private string? _address;
    private PostgresDatabase? _database;
    private PostgresEventPoll? _poll;
    private Engine? _engine;

    private protected override Engine Engine => _engine!;

    private protected override bool IsSearchable => !sealsContents;

    public async ValueTask InitializeAsync()
    {
        _address ??= await SharedPostgres.CreateDatabaseAsync(isPooled);
        var database = _database = PostgresDatabase.Open(_address);
        var cipher = new RecordCipher(["a secret for tests"], RandomSource.System, sealsContents);
        var signals = new EventSignals();
        _poll = new PostgresEventPoll(database, signals, Time, NullLogger<PostgresEventPoll>.Instance);
        _engine = new Engine(
            new PostgresSessionStore(database, Time),
            new PostgresMessageStore(database, cipher),
            new PostgresChatStore(database, cipher),
            new PostgresMediaStore(database, cipher, Time),
            new PostgresEventLog(database, cipher, signals, _poll),
            new PostgresSessionJournal(database, cipher, signals, Time),
            new PostgresUpkeep(database, Time),
            new PostgresMessageQueue(database, cipher, Time),
            new PostgresIdempotencyStore(database, cipher, Time),
            new PostgresLeadStore(database, cipher, signals, Time),
            new PostgresApiKeyStore(database),
            new PostgresAuditLog(database));
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    private protected override async Task ReopenAsync()
    {
        await CloseAsync();
        await InitializeAsync();
    }

    private async Task CloseAsync()
    {
        await _poll!.DisposeAsync();
        await _database!.DisposeAsync();
    }
}
