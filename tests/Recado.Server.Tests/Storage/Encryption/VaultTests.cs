using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;
using Recado.Server.Storage.Sqlite;
using Recado.Server.Tests.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Encryption;

public sealed class SqliteVaultTests : VaultContract
{
    private readonly TemporaryFolder _folder = new();
    private SqliteDatabase? _database;

    private protected override ISessionStore Sessions => new SqliteSessionStore(_database!, Time);

    public override ValueTask InitializeAsync()
    {
        _database = SqliteDatabase.Open(_folder.Path);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask DisposeAsync()
    {
        await _database!.DisposeAsync();
        _folder.Dispose();
    }

    private protected override ISessionJournal Journal(RecordCipher cipher) => new SqliteSessionJournal(_database!, cipher, new EventSignals(), Time);

    private protected override IMediaStore Media(RecordCipher cipher) => new SqliteMediaStore(_database!, cipher, Time);

    private protected override IVault OpenVault() => new SqliteVault(SqliteDatabase.OpenBeside(_folder.Path));
}

public sealed class PostgresVaultTests() : PostgresVaultContract(isPooled: false);

/// <summary>The same through a transaction pooler.</summary>
public sealed class PooledPostgresVaultTests() : PostgresVaultContract(isPooled: true);

public abstract class PostgresVaultContract(bool isPooled) : VaultContract
{
    private string _address = "";
    private PostgresDatabase? _database;

    private protected override ISessionStore Sessions => new PostgresSessionStore(_database!, Time);

    public override async ValueTask InitializeAsync()
    {
        _address = await SharedPostgres.CreateDatabaseAsync(isPooled);
        _database = PostgresDatabase.Open(_address);
    }

    public override async ValueTask DisposeAsync()
    {
        await _database!.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected override ISessionJournal Journal(RecordCipher cipher) => new PostgresSessionJournal(_database!, cipher, new EventSignals(), Time);

    private protected override IMediaStore Media(RecordCipher cipher) => new PostgresMediaStore(_database!, cipher, Time);

    private protected override IVault OpenVault() => new PostgresVault(PostgresDatabase.OpenBeside(_address));
}
