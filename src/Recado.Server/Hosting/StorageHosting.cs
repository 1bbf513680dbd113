using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Sqlite;

namespace Recado.Server.Hosting;

internal static class StorageHosting
{
    /// <summary>Opens the database and registers what reads and writes it.</summary>
    public static WebApplicationBuilder AddRecadoStorage(this WebApplicationBuilder builder, RecadoSettings settings)
    {
        var database = SqliteDatabase.Open(settings.DataFolder);
        var secrets = settings.EncryptionKeys.Count > 0 ? settings.EncryptionKeys : [EncryptionKeyFile.LoadOrCreate(settings.DataFolder, RandomSource.System)];
        builder.Services
            .AddSingleton(_ => database) // by a factory, so that the container disposes it
            .AddSingleton(new RecordCipher(secrets, RandomSource.System))
            .AddSingleton<EventSignals>()
            .AddSingleton<ISessionStore, SqliteSessionStore>()
            .AddSingleton<IMessageStore, SqliteMessageStore>()
            .AddSingleton<IMediaStore, SqliteMediaStore>()
            .AddSingleton<IEventLog, SqliteEventLog>()
            .AddSingleton<ISessionJournal, SqliteSessionJournal>()
            .AddSingleton<IStorageUpkeep, SqliteUpkeep>();
        return builder;
    }
}
