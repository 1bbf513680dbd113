using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Recado.Client.Stores;
using Recado.Protocol.Messages;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;
using Recado.Server.Storage.Sqlite;
using Recado.Server.Tests.Sessions;
using Recado.Server.Tests.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Encryption;

/// <summary>With <c>ENCRYPT_MESSAGES</c> nothing that people write can be found in the database, and clients see no difference.</summary>
public sealed class ContentEncryptionTests
{
    private const string Secret = "8f3b1c77d2e94a05b6c18d90e2f7a41b5c6d";

    /// <summary>Long enough to be nothing else, and short enough to stay whole on a page.</summary>
    private const string Spoken = "marmalade-sky-spoken", Answered = "tangerine-tree-answered", Earlier = "kaleidoscope-eyes-earlier", Edited = "cellophane-flower-edited";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerUnderTest.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Database_WhenMessagesAreEncrypted_TellsNothing(bool isPostgres)
    {
        var address = isPostgres ? await SharedPostgres.CreateDatabaseAsync() : null;
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId, address);
        await RestartAsync(server, address, isEncrypted: false);
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await bruno.SendTextAsync("5511900000001", Earlier, Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, Earlier);
        Assert.Contains(Earlier, await DumpAsync(server, address), StringComparison.Ordinal); // the search finds what is there

        await RestartAsync(server, address, isEncrypted: true);
        await bruno.SendTextAsync("5511900000001", Spoken, Ct);
        var heard = await server.WaitForEventAsync(EventTypes.MessageReceived, Spoken);
        var sent = Assert.IsType<SendOutcome.Sent>(await server.Grain(id).SendAsync(SendMessage.Of(["5511900000002"], new TextContent(Answered)), Ct));
        using var http = server.Http();
        using var edit = await http.PatchAsync(
            $"/api/sessions/{id}/messages/{sent.MessageId}", JsonContent.Create(new { text = new { body = Edited } }), Ct);
        var edited = JsonElement.Parse(await edit.Content.ReadAsStringAsync(Ct)).GetProperty("messageId").GetString();
        await server.WaitForEventAsync(EventTypes.MessageStatus, edited);
        var listed = await http.GetStringAsync($"/api/sessions/{id}/messages", Ct);
        var chats = await http.GetStringAsync($"/api/sessions/{id}/chats", Ct);
        using var searched = await http.GetAsync($"/api/sessions/{id}/messages?q=sky", Ct);
        var problem = JsonElement.Parse(await searched.Content.ReadAsStringAsync(Ct));
        var rotated = await RotateAsync(server, address);
        List<byte[]> records = await RecordsAsync(server, id);
        await server.StopHostAsync();
        var dump = await DumpAsync(server, address);

        Assert.Contains(Spoken, heard.Payload, StringComparison.Ordinal);
        Assert.All([Earlier, Spoken, Edited], text => Assert.Contains(text, listed, StringComparison.Ordinal));
        Assert.Contains(Edited, chats, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.Conflict, "search_not_available"), (searched.StatusCode, problem.GetProperty("code").GetString()));
        Assert.Matches("messages: [0-9]+ read, [1-9][0-9]* encrypted anew", rotated); // what was written before
        Assert.All([Earlier, Spoken, Answered, Edited, Secret], text => AssertAbsent(text, dump));
        Assert.True(records.Count > 20);
        Assert.All(records, record =>
        {
            for (var at = 0; at + 32 <= record.Length; at += 16)
            {
                if (record.AsSpan(at, 32).ContainsAnyExcept((byte)0)) // a hash of nothing is no secret
                    AssertAbsent(Encoding.Latin1.GetString(record, at, 32), dump);
            }
        });

        await RestartAsync(server, address, isEncrypted: false);
        using var later = server.Http();
        var readable = await later.GetStringAsync($"/api/sessions/{id}/messages", Ct);
        Assert.All([Earlier, Spoken, Edited], text => Assert.Contains(text, readable, StringComparison.Ordinal));
        Assert.Contains(await server.EventsAsync(), e => e.Payload.Contains(Spoken, StringComparison.Ordinal));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task SupabaseColumn_WhenMessagesAreEncrypted_HoldsAnObjectThatSaysSo()
    {
        var address = await SharedPostgres.CreateDatabaseAsync();
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId, address);
        await RestartAsync(server, address, isEncrypted: true);
        await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await server.WhatsApp.AddPhone("5511900000002").SendTextAsync("5511900000001", Spoken, Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, Spoken);

        var content = JsonElement.Parse(Assert.Single(await PostgresServer.QueryAsync(address, "select content::text from public.messages")));

        Assert.Equal(["type", "encrypted"], content.EnumerateObject().Select(member => member.Name));
        Assert.Equal("text", content.GetProperty("type").GetString());
        Assert.StartsWith("recado:", content.GetProperty("encrypted").GetString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Message_WhenItsContentCannotBeRead_ShowsAsUnreadableAndLeavesTheOthers()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await RestartAsync(server, address: null, isEncrypted: true);
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        foreach (var text in new[] { Spoken, Answered })
        {
            await bruno.SendTextAsync("5511900000001", text, Ct);
            await server.WaitForEventAsync(EventTypes.MessageReceived, text);
        }

        await server.StopHostAsync();
        await using (var database = SqliteDatabase.Open(server.DataFolder))
        {
            await database.WriteAsync(
                db => db.Execute("update messages set content = (select content from messages where rowid = 2) where rowid = 1"), Ct);
        }

        await RestartAsync(server, address: null, isEncrypted: true);
        var contents = (await server.MessagesAsync(id)).Select(row => row.Content).ToList();

        Assert.Equal(2, contents.Count);
        Assert.Single(contents, content => content.GetProperty("type").GetString() == "unreadable");
        Assert.Single(contents, content => content.TryGetProperty("text", out var text) && text.GetString() == Answered);
    }

    private static async Task RestartAsync(ServerUnderTest server, string? address, bool isEncrypted)
    {
        await server.StopHostAsync();
        server.Configure = settings => settings with { Database = address, EncryptionKeys = [Secret], EncryptMessages = isEncrypted };
        await server.StartHostAsync();
    }

    private static async Task<string> RotateAsync(ServerUnderTest server, string? address)
    {
        var console = new StringWriter();
        var settings = new RecadoSettings { DataFolder = server.DataFolder, Database = address, EncryptionKeys = [Secret], EncryptMessages = true };
        Assert.True(await new KeysCommand(settings, console).RotateAsync(Ct));
        return console.ToString();
    }

    /// <summary>The secret parts of what the device keeps.</summary>
    private static async Task<List<byte[]>> RecordsAsync(ServerUnderTest server, Guid id)
    {
        var device = server.Get<ISessionJournal>().OpenDevice(id);
        List<byte[]> records = [(await device.ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct))!];
        foreach (var kind in Enum.GetValues<DeviceRecordKind>().Where(kind => kind != DeviceRecordKind.Credentials))
            records.AddRange((await device.ListAsync(kind, idPrefix: null, Ct)).Select(r => r.Data).Where(data => data.Length >= 32));
        return records;
    }

    /// <summary>Every byte of the embedded database's files, or every value of Postgres.</summary>
    private static async Task<string> DumpAsync(ServerUnderTest server, string? address)
    {
        if (address is not null)
            return await PostgresServer.DumpAsync(address);

        var dump = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(server.DataFolder, "recado.db*"))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, Ct);
            dump.Append(Encoding.Latin1.GetString(bytes));
        }

        return dump.ToString();
    }

    /// <summary>In any spelling it could have there.</summary>
    private static void AssertAbsent(string text, string dump)
    {
        var bytes = Encoding.Latin1.GetBytes(text);
        Assert.DoesNotContain(text, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexStringLower(bytes), dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(bytes.AsSpan(0, bytes.Length / 3 * 3)), dump, StringComparison.Ordinal);
    }
}
