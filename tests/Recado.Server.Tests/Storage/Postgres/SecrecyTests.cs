using Recado.Client.Stores;
using Recado.Server.Storage;
using Recado.Server.Tests.Sessions;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class SecrecyTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A dump, searched for every record in any spelling it could have there.</summary>
    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Database_WhenReadAsAWhole_HoldsNoKeyInTheClear()
    {
        const string secret = "encryption-key-of-the-tests-0123456789abcdef";
        var address = await SharedPostgres.CreateDatabaseAsync();
        await using var server = await ServerUnderTest.StartAsync(database: address);
        await server.StopHostAsync();
        server.Configure = settings => settings with { Database = address, EncryptionKeys = [secret] };
        await server.StartHostAsync();
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await bruno.SendTextAsync("5511900000001", "oi", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived);

        var device = server.Get<ISessionJournal>().OpenDevice(id);
        List<byte[]> records = [(await device.ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct))!];
        foreach (var kind in Enum.GetValues<DeviceRecordKind>().Where(kind => kind != DeviceRecordKind.Credentials))
            records.AddRange((await device.ListAsync(kind, idPrefix: null, Ct)).Select(r => r.Data).Where(data => data.Length >= 32));
        var dump = await PostgresServer.DumpAsync(address);

        Assert.True(records.Count > 20);
        Assert.Contains("5511900000002", dump, StringComparison.Ordinal); // the search would find what is there
        Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
        Assert.All(records, record =>
        {
            for (var at = 0; at + 32 <= record.Length; at += 16)
            {
                var part = record.AsSpan(at, 32);
                Assert.DoesNotContain(Convert.ToHexStringLower(part), dump, StringComparison.Ordinal);
                Assert.DoesNotContain(Convert.ToBase64String(part[..30]), dump, StringComparison.Ordinal);
            }
        });
    }
}
