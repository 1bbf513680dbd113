using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Hosting;

internal static class StorageHosting
{
    /// <summary>Opens the database and registers what reads and writes it.</summary>
    public static WebApplicationBuilder AddRecadoStorage(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        if (settings.Database is { } connectionString)
            builder.Services.AddPostgres(OpenPostgres(connectionString, settings));
        else
            builder.Services.AddSqlite(SqliteDatabase.Open(settings.DataFolder));

        PrivateFiles.CreateFolder(settings.DataFolder);
        var secrets = settings.EncryptionKeys.Count > 0 ? settings.EncryptionKeys : [EncryptionKeyFile.LoadOrCreate(settings.DataFolder, RandomSource.System)];
        builder.Services.AddSingleton(new RecordCipher(secrets, RandomSource.System, settings.EncryptMessages)).AddSingleton<EventSignals>();
        return builder;
    }

    /// <summary>What is encrypted, beside the servers that may be running.</summary>
    /// <exception cref="StorageException">The database cannot be used.</exception>
    public static IVault OpenVault(RecadoSettings settings) => settings.Database is { } connectionString
        ? new PostgresVault(PostgresDatabase.OpenBeside(connectionString))
        : new SqliteVault(SqliteDatabase.OpenBeside(settings.DataFolder));

    /// <summary>The cipher of the keys that the settings or the key file give; makes none.</summary>
    /// <exception cref="StartException">There is no key.</exception>
    public static RecordCipher OpenCipher(RecadoSettings settings) => new(
        settings.EncryptionKeys.Count > 0 ? settings.EncryptionKeys : [EncryptionKeyFile.Load(settings.DataFolder)], RandomSource.System, settings.EncryptMessages);

    private static PostgresDatabase OpenPostgres(string connectionString, RecadoSettings settings)
    {
        var database = PostgresDatabase.Open(connectionString);
        if (!settings.IsStandalone || !database.HasSupabaseUsers)
            return database;

        database.Dispose();
        throw new StartException(
            "SUPABASE_DB_URL is the database of a Supabase project, whose users sign in there; set SUPABASE_URL and SUPABASE_SERVICE_KEY as well.");
    }

    private static void AddSqlite(this IServiceCollection services, SqliteDatabase database) => services
        .AddSingleton(_ => database) // by a factory, so that the container disposes it
        .AddSingleton<ISessionStore, SqliteSessionStore>()
        .AddSingleton<IMessageStore, SqliteMessageStore>()
        .AddSingleton<IChatStore, SqliteChatStore>()
        .AddSingleton<ILeadStore, SqliteLeadStore>()
        .AddSingleton<IMediaStore, SqliteMediaStore>()
        .AddSingleton<IMessageQueue, SqliteMessageQueue>()
        .AddSingleton<IIdempotencyStore, SqliteIdempotencyStore>()
        .AddSingleton<IEventLog, SqliteEventLog>()
        .AddSingleton<IApiKeyStore, SqliteApiKeyStore>()
        .AddSingleton<IAuditLog, SqliteAuditLog>()
        .AddSingleton<ISessionJournal, SqliteSessionJournal>()
        .AddSingleton<IStorageUpkeep, SqliteUpkeep>();

    private static void AddPostgres(this IServiceCollection services, PostgresDatabase database) => services
        .AddSingleton(_ => database)
        .AddSingleton<PostgresEventPoll>()
        .AddSingleton<ISessionStore, PostgresSessionStore>()
        .AddSingleton<IMessageStore, PostgresMessageStore>()
        .AddSingleton<IChatStore, PostgresChatStore>()
        .AddSingleton<ILeadStore, PostgresLeadStore>()
        .AddSingleton<IMediaStore, PostgresMediaStore>()
        .AddSingleton<IMessageQueue, PostgresMessageQueue>()
        .AddSingleton<IIdempotencyStore, PostgresIdempotencyStore>()
        .AddSingleton<IEventLog, PostgresEventLog>()
        .AddSingleton<IApiKeyStore, PostgresApiKeyStore>()
        .AddSingleton<IAuditLog, PostgresAuditLog>()
        .AddSingleton<ISessionJournal, PostgresSessionJournal>()
        .AddSingleton<IStorageUpkeep, PostgresUpkeep>();
}
