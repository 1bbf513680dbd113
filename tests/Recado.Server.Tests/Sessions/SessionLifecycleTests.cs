using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;
using Recado.Server.Tests.Storage.Postgres;
using Recado.Simulator.Faults;

namespace Recado.Server.Tests.Sessions;

/// <summary>A session from its QR code to its end, with the real client, storage and silo against the simulator.</summary>
public sealed class SessionLifecycleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerUnderTest.Patience)]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    [InlineData("pgbouncer")]
    public async Task Session_WhenTheServerRestarts_IsConnectedAgainWithoutAQrCode(string engine)
    {
        var database = engine == "sqlite" ? null : await SharedPostgres.CreateDatabaseAsync(isPooled: engine == "pgbouncer");
        await using var server = await ServerUnderTest.StartAsync(database: database);
        var (ana, bruno) = (server.WhatsApp.AddPhone("5511900000001", "Ana"), server.WhatsApp.AddPhone("5511900000002", "Bruno"));
        var id = await server.ConnectSessionAsync(ana);

        var sent = Assert.IsType<SendOutcome.Sent>(await server.Grain(id).SendAsync(SendMessage.Of(["5511900000002"], new TextContent("bom dia")), Ct));
        await bruno.WaitForMessageAsync(m => m.Text == "bom dia", Ct);
        await bruno.ReadAsync(ct: Ct);
        await server.WaitForEventAsync(EventTypes.MessageStatus, "\"read\"");
        await bruno.SendTextAsync("5511900000001", "oi", Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "oi");

        await server.StopHostAsync();
        await bruno.SendTextAsync("5511900000001", "are you there?", Ct);
        await server.StartHostAsync();
        await server.WaitForEventAsync(EventTypes.SessionReady);
        await server.WaitForEventAsync(EventTypes.MessageReceived, "\"origin\":\"offline\"");

        var messages = await server.MessagesAsync(id);
        Assert.Equal(["are you there?", "bom dia", "oi"], messages.Select(m => m.Content.GetProperty("text").GetString()).Order(StringComparer.Ordinal));
        Assert.Equal(MessageStatuses.Read, messages.Single(m => m.WhatsAppId == sent.MessageId).Status);
        Assert.Single(await server.EventsAsync(), e => e.Type == EventTypes.QrCode);
        Assert.Empty(server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Disconnect_WhenConnectedAgain_NeedsNoQrCode()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var ana = server.WhatsApp.AddPhone("5511900000001");
        var id = await server.ConnectSessionAsync(ana);

        await server.Grain(id).DisconnectAsync(Ct);
        var resting = await server.Sessions.FindAsync(id, Ct);
        var refused = await server.Grain(id).SendAsync(SendMessage.Of(["5511900000001"], new TextContent("no")), Ct);
        await server.Grain(id).ConnectAsync(Ct);
        await server.WaitForEventAsync(EventTypes.SessionReady);

        Assert.Equal((SessionStates.Disconnected, "stopped_by_user", true), (resting!.Status, resting.ReasonCode, resting.IsPaired));
        Assert.Equal(SessionStates.Disconnected, Assert.IsType<SendOutcome.NotConnected>(refused).Status);
        Assert.Single(ana.LinkedDevices);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Disconnect_WhenTheServerRestarts_StaysDisconnected()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await server.Grain(id).DisconnectAsync(Ct);

        await server.StopHostAsync();
        await server.StartHostAsync();

        Assert.Equal(SessionStates.Disconnected, (await server.Grain(id).GetStatusAsync(Ct)).Status);
        Assert.Empty(server.Get<RunningSessions>().Ids);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Logout_WhenConnected_UnlinksThePhoneAndErasesTheKeys()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var ana = server.WhatsApp.AddPhone("5511900000001");
        var id = await server.ConnectSessionAsync(ana);

        var outcome = await server.Grain(id).LogoutAsync(Ct);
        var row = await server.Sessions.FindAsync(id, Ct);
        var updates = (await server.EventsAsync()).Count(e => e.Payload.Contains("logged_out", StringComparison.Ordinal));
        await server.Grain(id).ConnectAsync(Ct);
        await server.ScanAsync(id, ana);

        Assert.Equal(SessionOutcome.Done, outcome);
        Assert.Equal((SessionStates.LoggedOut, "logged_out_by_user", false), (row!.Status, row.ReasonCode, row.IsPaired));
        Assert.Equal(1, updates);
        Assert.Single(ana.LinkedDevices);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Logout_WhenDisconnected_ConnectsToUnlinkThePhone()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var ana = server.WhatsApp.AddPhone("5511900000001");
        var id = await server.ConnectSessionAsync(ana);
        await server.Grain(id).DisconnectAsync(Ct);

        await server.Grain(id).LogoutAsync(Ct);

        Assert.Empty(ana.LinkedDevices);
        Assert.Equal(SessionStates.LoggedOut, (await server.Sessions.FindAsync(id, Ct))!.Status);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Purge_WhenConnected_LeavesNothing()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var ana = server.WhatsApp.AddPhone("5511900000001");
        var id = await server.ConnectSessionAsync(ana);

        await server.Grain(id).PurgeAsync(Ct);

        Assert.Empty(ana.LinkedDevices);
        Assert.Null(await server.Sessions.FindAsync(id, Ct));
        Assert.Equal(SessionOutcome.NotFound, await server.Grain(id).ConnectAsync(Ct));
        Assert.IsType<SendOutcome.NotFound>(await server.Grain(id).SendAsync(SendMessage.Of(["5511900000001"], new TextContent("no")), Ct));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Session_WhenThePhoneUnlinksIt_IsLoggedOut()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var ana = server.WhatsApp.AddPhone("5511900000001");
        var id = await server.ConnectSessionAsync(ana);

        await ana.UnlinkAsync(ana.LinkedDevices[0].Number, Ct);
        await server.WaitForStateAsync(SessionStates.LoggedOut);

        var row = await server.Sessions.FindAsync(id, Ct);
        Assert.Equal((SessionStates.LoggedOut, "device_removed", false), (row!.Status, row.ReasonCode, row.IsPaired));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Session_WhenNobodyScansInTime_Rests()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        server.Configure = settings => settings with { SessionTimeout = TimeSpan.FromSeconds(1) };
        await server.StartHostAsync();

        var id = await server.CreateSessionAsync();
        await server.WaitForStateAsync(SessionStates.Disconnected);

        var row = await server.Sessions.FindAsync(id, Ct);
        Assert.Equal((SessionStates.Disconnected, "qr_timeout"), (row!.Status, row.ReasonCode));
        Assert.Null((await server.Grain(id).GetStatusAsync(Ct)).Qr);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Session_WhenTheConnectionDropsBeforeAScan_SaysWhyAndShowsTheNextCode()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var id = await server.CreateSessionAsync();
        await server.WaitForEventAsync(EventTypes.QrCode);

        await server.WhatsApp.DropConnectionsAsync();
        await server.WaitForEventAsync(EventTypes.StatusUpdate, "\"reasonCode\":\"connection_lost\"");
        await server.WaitForEventAsync(EventTypes.QrCode);

        var status = await server.Grain(id).GetStatusAsync(Ct);
        Assert.Equal((SessionStates.Connecting, null), (status.Status, status.ReasonCode));
        Assert.NotNull(status.Qr);
        Assert.DoesNotContain(await server.EventsAsync(), e => e.Payload.Contains("\"error\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Session_WhenItsVersionIsTooOld_ComesBackWithANewerOneWithoutARestart()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        server.WhatsApp.Faults.Add(new Fault(FaultKind.RefuseLogin, Code: 405));

        await server.WhatsApp.DropConnectionsAsync();
        await server.WaitForStateAsync(SessionStates.Error);
        var row = await server.Sessions.FindAsync(id, Ct);
        await File.WriteAllTextAsync(Path.Combine(server.DataFolder, WebVersionSetting.FileName), "2.3000.2000000000", Ct);
        await server.WaitForEventAsync(EventTypes.SessionReady);

        Assert.Equal("client_outdated", row!.ReasonCode);
        Assert.Contains(WebVersionSetting.FileName, row.Reason, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Start_WhenTheKeyIsAnother_TouchesNothingAndTheRightKeyStillWorks()
    {
        await using var server = await ServerUnderTest.StartAsync();
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        await server.StopHostAsync();
        var configure = server.Configure;
        server.Configure = settings => settings with { EncryptionKeys = ["some other key"] };
        await server.StartHostAsync();

        var before = await server.Sessions.FindAsync(id, Ct);
        var outcome = await server.Grain(id).ConnectAsync(Ct);
        var status = await server.Grain(id).GetStatusAsync(Ct);
        var after = await server.Sessions.FindAsync(id, Ct);
        await server.StopHostAsync();
        server.Configure = configure;
        await server.StartHostAsync();
        await server.WaitForEventAsync(EventTypes.SessionReady);

        Assert.Equal(SessionOutcome.Unavailable, outcome);
        Assert.Equal((SessionStates.Error, "unreadable"), (status.Status, status.ReasonCode));
        Assert.Contains("SESSION_ENCRYPTION_KEY", status.Reason, StringComparison.Ordinal);
        Assert.Equal(before, after);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Connect_WhenTheUserRunsTooMany_IsRefused()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        server.Configure = settings => settings with { MaxSessionsPerUser = 1 };
        await server.StartHostAsync();
        var first = await server.CreateSessionAsync();
        await server.Grain(first).DisconnectAsync(Ct);
        await server.CreateSessionAsync();

        Assert.Equal(SessionOutcome.LimitReached, await server.Grain(first).ConnectAsync(Ct));
    }
}
