using System.Text.Json;
using Recado.Client.Stores;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;
using Recado.Server.Tests.Sessions;
using Recado.Server.Tests.Storage.Postgres;

namespace Recado.Server.Tests.Hosting;

/// <summary>The commands as an operator gives them: the real executable, beside a server that goes on working.</summary>
public sealed class KeysCommandTests
{
    private const string Old = "8f3b1c77d2e94a05b6c18d90e2f7a41b5c6d", Newest = "c1d2e94a05b6c18d90e2f7a41b5c6d8f3b1c77d2";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerUnderTest.Patience)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rotate_WhileASessionWorks_MakesTheOldKeyNeedless(bool isPostgres)
    {
        var address = isPostgres ? await SharedPostgres.CreateDatabaseAsync() : null;
        await using var server = await ServerUnderTest.StartAsync(database: address);
        await RestartAsync(server, address, Old);
        var (ana, bruno) = (server.WhatsApp.AddPhone("5511900000001"), server.WhatsApp.AddPhone("5511900000002"));
        var id = await server.ConnectSessionAsync(ana);
        await bruno.SendTextAsync("5511900000001", "one", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived);
        await RestartAsync(server, address, Newest, Old);

        var chatter = TalkAsync();
        var before = await DoctorAsync(server, address, Newest, Old);
        var rotated = await RunAsync(server, address, [Newest, Old], "keys", "rotate");
        var again = await RunAsync(server, address, [Newest, Old], "keys", "rotate");
        await chatter;
        var after = await DoctorAsync(server, address, Newest);
        var mistaken = await RunAsync(server, address, [Old], "doctor");
        var unknown = await RunAsync(server, address, [Old], "keys", "rotate");
        await RestartAsync(server, address, Newest);
        await bruno.SendTextAsync("5511900000001", "last", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "last");

        Assert.True(rotated.ExitCode == 0, rotated.Output + rotated.Errors);
        Assert.Matches("Done: [1-9][0-9]* encrypted anew, 0 still to do, 0 by keys that are not given, 0 damaged.", rotated.Output);
        Assert.Contains("encrypts nothing any more: take it out", rotated.Output, StringComparison.Ordinal);
        Assert.Contains("Done: 0 encrypted anew", again.Output, StringComparison.Ordinal);
        Assert.True(before.GetProperty("sound").GetBoolean(), before.ToString());
        Assert.Equal(2, before.GetProperty("keys").GetArrayLength());
        Assert.Contains(before.GetProperty("keys").EnumerateArray(), key => key.GetProperty("position").GetInt32() == 2);
        Assert.Equal(1, Assert.Single(after.GetProperty("keys").EnumerateArray()).GetProperty("position").GetInt32());
        Assert.Equal((1, 1), (mistaken.ExitCode, unknown.ExitCode));
        Assert.Contains("fail  keys", mistaken.Output, StringComparison.Ordinal);
        Assert.Contains("is not in SESSION_ENCRYPTION_KEY", unknown.Output, StringComparison.Ordinal);
        Assert.All([rotated.Output, before.ToString(), mistaken.Output, unknown.Output], text =>
        {
            Assert.DoesNotContain(Old, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Newest, text, StringComparison.Ordinal);
        });
        Assert.Single(ana.LinkedDevices);
        Assert.Empty(server.WhatsApp.Trace.Violations);

        async Task TalkAsync()
        {
            for (var i = 0; i < 20; i++)
            {
                await bruno.SendTextAsync("5511900000001", $"in between {i}", Ct);
                await server.WaitForEventAsync(EventTypes.MessageReceived, $"in between {i}\"");
                Assert.IsType<SendOutcome.Sent>(await server.Grain(id).SendAsync(SendMessage.Of(["5511900000002"], new TextContent($"answer {i}")), Ct));
            }
        }
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Doctor_WhenARowIsDamaged_SaysWhichAndTheOtherSessionsRun()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await RestartAsync(server, address: null, Old);
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        var other = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000002"));
        await server.StopHostAsync();
        await using (var database = Server.Storage.Sqlite.SqliteDatabase.Open(server.DataFolder))
        {
            await database.WriteAsync(
                db => db.Execute("update whatsapp_sessions set session_data = zeroblob(length(session_data)) where id = $id", ("$id", id)), Ct);
        }

        var (exitCode, output, _) = await RunAsync(server, address: null, [Old], "doctor");

        Assert.Equal(1, exitCode);
        Assert.Contains($"fail  records     A record of kind '{DeviceRecordKind.Credentials.ToName()}' of session {id} cannot be read", output, StringComparison.Ordinal);
        Assert.Contains("ok    files", output, StringComparison.Ordinal);
        Assert.Contains("ok    clock", output, StringComparison.Ordinal);

        await server.StartHostAsync();
        await server.WaitForStateAsync(SessionStates.Reconnecting);
        var (damaged, whole) = (await server.Grain(id).GetStatusAsync(Ct), await server.Grain(other).GetStatusAsync(Ct));
        Assert.Equal((SessionStates.Error, "unreadable"), (damaged.Status, damaged.ReasonCode));
        Assert.Contains("cannot be read", damaged.Reason, StringComparison.Ordinal);
        Assert.NotEqual(SessionStates.Error, whole.Status);
    }

    [Fact]
    public async Task Doctor_WhenSettingsAreWrong_NamesThem()
    {
        using var folder = new Storage.TemporaryFolder();

        var (exitCode, output, errors) = await RecadoProgram.RunAsync(folder.Path, new Dictionary<string, string> { ["PORT"] = "none" }, Ct, "doctor");

        Assert.Equal((1, ""), (exitCode, errors));
        Assert.Contains("fail  settings    PORT is 'none'", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_WhenThereIsNoDatabase_SaysSoInOneLine()
    {
        using var folder = new Storage.TemporaryFolder();

        var (exitCode, _, errors) = await RecadoProgram.RunAsync(
            folder.Path, new Dictionary<string, string> { ["SESSION_ENCRYPTION_KEY"] = Old }, Ct, "keys", "rotate");

        Assert.Equal(1, exitCode);
        Assert.EndsWith("cannot be used: it is not there.", Assert.Single(errors.Trim().Split('\n')), StringComparison.Ordinal);
    }

    private static async Task RestartAsync(ServerUnderTest server, string? address, params string[] keys)
    {
        await server.StopHostAsync();
        server.Configure = settings => settings with { Database = address, EncryptionKeys = keys };
        await server.StartHostAsync();
    }

    private static async Task<JsonElement> DoctorAsync(ServerUnderTest server, string? address, params string[] keys)
    {
        var (_, output, errors) = await RunAsync(server, address, keys, "doctor", "--json");
        Assert.Empty(errors);
        return JsonElement.Parse(output);
    }

    private static Task<(int ExitCode, string Output, string Errors)> RunAsync(
        ServerUnderTest server, string? address, string[] keys, params string[] arguments)
    {
        var environment = new Dictionary<string, string>
        {
            ["RECADO_DATA"] = server.DataFolder,
            ["SESSION_ENCRYPTION_KEY"] = string.Join(',', keys),
        };
        if (address is not null)
            environment["SUPABASE_DB_URL"] = address;
        return RecadoProgram.RunAsync(server.DataFolder, environment, Ct, arguments);
    }
}
