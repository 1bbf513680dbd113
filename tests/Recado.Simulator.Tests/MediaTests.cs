using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Recado.Simulator.Phones;

namespace Recado.Simulator.Tests;

/// <summary>The media host, and files between phones.</summary>
public sealed class MediaTests : ServiceTest
{
    [Theory]
    [InlineData("image", "imageMessage")]
    [InlineData("video", "videoMessage")]
    [InlineData("gif", "videoMessage")]
    [InlineData("video_note", "ptvMessage")]
    [InlineData("audio", "audioMessage")]
    [InlineData("voice", "audioMessage")]
    [InlineData("document", "documentMessage")]
    [InlineData("sticker", "stickerMessage")]
    public async Task Send_WhenAPhoneSendsAFile_ReachesTheOtherPhone(string kind, string field)
    {
        using var http = Http();
        var bytes = RandomNumberGenerator.GetBytes(10_000);

        var sent = await PostAsync(http, "accounts/5511900000001/media", new { to = "5511900000002", kind, data = bytes, fileName = "a.bin" });
        var inbox = await http.GetFromJsonAsync<JsonElement>("accounts/5511900000002/inbox", Ct);
        var file = await http.GetByteArrayAsync($"accounts/5511900000002/inbox/{sent.GetProperty("id").GetString()}/media", Ct);

        var message = inbox.EnumerateArray().Single();
        Assert.Equal(kind, message.GetProperty("media").GetProperty("kind").GetString());
        Assert.Equal(bytes.Length, message.GetProperty("media").GetProperty("size").GetInt64());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), message.GetProperty("media").GetProperty("sha256").GetString());
        Assert.Contains(field, message.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(bytes, file);
        Assert.Empty(Service.Trace.Violations);
    }

    [Fact]
    public async Task Send_WhenTheFileIsTheBody_TakesTheRestFromTheQuery()
    {
        using var http = Http();
        using var body = new ByteArrayContent([1, 2, 3]) { Headers = { ContentType = new("application/octet-stream") } };

        using var answer = await http.PostAsync("accounts/5511900000001/media?to=5511900000002&kind=document&fileName=a.pdf&caption=read", body, Ct);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("a.pdf", "read"), (Bia.Inbox[0].Media!.FileName, Bia.Inbox[0].Media!.Caption));
    }

    [Fact]
    public async Task Read_WhenTheHostHasForgottenTheFile_SaysSo()
    {
        using var http = Http();
        var id = await Ana.SendMediaAsync(Bia.PhoneNumber, new PhoneMedia("image"), new MemoryStream([1]), Ct);
        await http.DeleteAsync("media", Ct);

        using var answer = await http.GetAsync($"accounts/{Bia.PhoneNumber}/inbox/{id}/media", Ct);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
    }

    [Fact]
    public async Task Upload_WhenTheTokenIsNotTheHash_IsRefusedAsAViolation()
    {
        await using var client = await ClientOfAsync(Ana);
        using var http = MediaHttp();
        var auth = await AuthAsync(client);
        var token = Convert.ToBase64String(SHA256.HashData("another file"u8)).Replace('+', '-').Replace('/', '_');

        using var answer = await http.PostAsync($"mms/image/{token}?auth={auth}&token={Uri.EscapeDataString(token)}", new ByteArrayContent([1, 2]), Ct);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Single(Service.Trace.Violations);
    }

    [Fact]
    public async Task Upload_WithoutLeave_IsRefused()
    {
        using var http = MediaHttp();
        var token = Convert.ToBase64String(SHA256.HashData([1])).Replace('+', '-').Replace('/', '_');

        using var answer = await http.PostAsync($"mms/image/{token}?auth=guess&token={Uri.EscapeDataString(token)}", new ByteArrayContent([1]), Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Download_WhenARangeIsAsked_ServesIt()
    {
        await using var client = await ClientOfAsync(Ana);
        using var http = MediaHttp();
        var bytes = RandomNumberGenerator.GetBytes(1000);
        var token = Convert.ToBase64String(SHA256.HashData(bytes)).Replace('+', '-').Replace('/', '_');
        using var upload = await http.PostAsync(
            $"mms/image/{token}?auth={await AuthAsync(client)}&token={Uri.EscapeDataString(token)}", new ByteArrayContent(bytes), Ct);
        var path = (await upload.Content.ReadFromJsonAsync<JsonElement>(Ct)).GetProperty("direct_path").GetString();
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Range = new RangeHeaderValue(10, 19) } };

        using var answer = await http.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(bytes[10..20], await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    [Theory]
    [InlineData("v/t62.7118-24/..%2F..%2Fsimulator.json")]
    [InlineData("v/t62.7118-24/ca.pem")]
    public async Task Download_WhenTheNameIsNoFileOfOurs_IsGone(string path)
    {
        using var http = MediaHttp();

        using var answer = await http.GetAsync(path, Ct);

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Gone, HttpStatusCode.NotFound });
    }

    [Fact]
    public async Task Restart_WithAStateFile_KeepsTheAuthorityAndTheFiles()
    {
        var folder = Directory.CreateTempSubdirectory("recado-test-");
        try
        {
            var options = new SimulatorOptions { StateFile = Path.Combine(folder.FullName, "state.json") };
            string id, authority;
            await using (var first = await SimulatedService.StartAsync(options, Ct))
            {
                first.AddPhone("5511900000002");
                id = await first.AddPhone("5511900000001").SendMediaAsync("5511900000002", new PhoneMedia("image"), new MemoryStream([7]), Ct);
                authority = first.MediaAuthorityPem;
            }

            await using var second = await SimulatedService.StartAsync(options, Ct);
            using var copy = new MemoryStream();
            await second.Phone("5511900000002").ReadMediaAsync(id, copy, Ct);

            Assert.Equal(authority, second.MediaAuthorityPem);
            Assert.Equal([7], copy.ToArray());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> AuthAsync(Clients.RawClient client)
    {
        var answer = await client.Connection.RequestAsync("set", "w:m", new Protocol.Binary.Node("media_conn"));
        return answer.RequiredChild("media_conn").Required("auth");
    }

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body, Ct);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private HttpClient Http() => new() { BaseAddress = Service.ControlUrl };
}
