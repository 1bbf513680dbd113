using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Recado.Server.Features.Auth;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Sessions;
using Recado.Simulator.Faults;
using Recado.Simulator.Phones;

namespace Recado.Server.Tests.Media;

/// <summary>Files that phones send arrive in the server's own store.</summary>
public sealed class IncomingMediaTests
{
    private const string Ours = "5511900000001", Theirs = "5511900000002";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerUnderTest.Patience)]
    [InlineData("image", "image")]
    [InlineData("voice", "voice")]
    [InlineData("document", "document")]
    [InlineData("sticker", "sticker")]
    public async Task Receive_WhenAPhoneSendsAFile_StoresAndServesIt(string kind, string type)
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        var (session, phone) = await ConnectAsync(server);
        var bytes = RandomNumberGenerator.GetBytes(300_000);

        await phone.SendMediaAsync(Ours, new PhoneMedia(kind, FileName: "report.bin"), new MemoryStream(bytes), Ct);
        var media = await WaitForMediaAsync(server);
        using var http = server.Http();
        using var file = await http.AskAsync($"/api/media/{media.GetProperty("id").GetString()}");
        var content = await ContentAsync(server, session);

        Assert.Equal("stored", media.GetProperty("status").GetString());
        Assert.Equal(bytes, await file.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal(type, content.GetProperty("type").GetString());
        Assert.Equal(media.GetRawText(), content.GetProperty("media").GetRawText());
        Assert.Empty(server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenTheFileIsNotWhatTheMessageSays_ServesNothing()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        var (session, phone) = await ConnectAsync(server);
        server.WhatsApp.Faults.Add(new Fault(FaultKind.CorruptDownload));

        await phone.SendMediaAsync(Ours, new PhoneMedia("image"), new MemoryStream(new byte[1000]), Ct);
        var media = await WaitForMediaAsync(server);
        using var http = server.Http();
        using var file = await http.AskAsync($"/api/media/{media.GetProperty("id").GetString()}");
        var content = await ContentAsync(server, session);

        Assert.Equal("failed", media.GetProperty("status").GetString());
        Assert.Equal("failed", content.GetProperty("media").GetProperty("status").GetString());
        Assert.NotEqual(JsonValueKind.Null, content.GetProperty("media").GetProperty("failure").ValueKind);
        await file.ProblemAsync(HttpStatusCode.Conflict, "media_failed");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "media"), "*", SearchOption.AllDirectories));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenWhatsAppHasForgottenTheFile_FetchesItByWayOfThePhone()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        var (_, phone) = await ConnectAsync(server);
        server.WhatsApp.Faults.Add(new Fault(FaultKind.RefuseDownload, Code: 410));

        await phone.SendMediaAsync(Ours, new PhoneMedia("image"), new MemoryStream(new byte[1000]), Ct);
        var media = await WaitForMediaAsync(server);

        Assert.Equal("stored", media.GetProperty("status").GetString());
        Assert.Empty(server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenTheServerWasStoppedBeforeTheFileCame_FetchesItAfterTheStart()
    {
        await using var server = await ServerUnderTest.StartAsync(LocalTokenVerifier.UserId);
        var (_, phone) = await ConnectAsync(server);
        server.WhatsApp.Faults.Add(new Fault(FaultKind.RefuseDownload, Count: 2, Code: 503));
        await phone.SendMediaAsync(Ours, new PhoneMedia("image"), new MemoryStream(new byte[1000]), Ct);
        await server.WaitForEventAsync(EventTypes.MessageReceived);

        await server.StopHostAsync();
        server.WhatsApp.Faults.Clear();
        await server.StartHostAsync();
        var media = await WaitForMediaAsync(server);

        Assert.Equal("stored", media.GetProperty("status").GetString());
    }

    private static async Task<(Guid Session, Simulator.SimulatedPhone Phone)> ConnectAsync(ServerUnderTest server)
    {
        var phone = server.WhatsApp.AddPhone(Theirs);
        return (await server.ConnectSessionAsync(server.WhatsApp.AddPhone(Ours)), phone);
    }

    private static async Task<JsonElement> WaitForMediaAsync(ServerUnderTest server) =>
        JsonElement.Parse((await server.WaitForEventAsync(EventTypes.MediaStatus)).Payload).GetProperty("media");

    private static async Task<JsonElement> ContentAsync(ServerUnderTest server, Guid session)
    {
        using var http = server.Http();
        var page = await (await http.AskAsync($"/api/sessions/{session}/messages")).JsonAsync();
        return page.GetProperty("messages")[0].GetProperty("content").Clone();
    }
}
