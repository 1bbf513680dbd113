using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Media;
using Recado.Server.Storage;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Media;

/// <summary>Uploading files to the server and getting them back.</summary>
public sealed class MediaEndpointTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private static readonly byte[] Picture = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, .. RandomNumberGenerator.GetBytes(5000)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Upload_WhenFetchedAgain_GivesTheSameBytesUnderTheTypeOfTheirContent()
    {
        var (ana, session) = await UserAsync();

        var uploaded = await (await UploadAsync(ana, session, Picture, "photo.html", "text/html")).JsonAsync(HttpStatusCode.Created);
        using var answer = await ana.AskAsync($"/api/media/{uploaded.GetProperty("id").GetString()}");

        Assert.Equal("image/png", uploaded.GetProperty("mimeType").GetString());
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Picture)), uploaded.GetProperty("sha256").GetString());
        Assert.Equal(Picture, await answer.Content.ReadAsByteArrayAsync(Ct));
        Assert.Equal("image/png", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.StartsWith("inline", answer.Content.Headers.ContentDisposition?.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_WhenARangeIsAsked_ServesIt()
    {
        var (ana, session) = await UserAsync();
        var uploaded = await (await UploadAsync(ana, session, Picture)).JsonAsync(HttpStatusCode.Created);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/media/{uploaded.GetProperty("id").GetString()}")
        {
            Headers = { Range = new RangeHeaderValue(100, 199) },
        };

        using var answer = await ana.SendAsync(request, Ct);

        Assert.Equal(HttpStatusCode.PartialContent, answer.StatusCode);
        Assert.Equal(Picture[100..200], await answer.Content.ReadAsByteArrayAsync(Ct));
    }

    [Fact]
    public async Task Download_WhenABrowserCouldExecuteTheFile_OffersItAsAttachment()
    {
        var (ana, session) = await UserAsync();
        var uploaded = await (await UploadAsync(ana, session, "<html><script>alert(1)</script>"u8.ToArray(), "a.html", "text/html")).JsonAsync(HttpStatusCode.Created);

        using var answer = await ana.AskAsync($"/api/media/{uploaded.GetProperty("id").GetString()}");

        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal("attachment", answer.Content.Headers.ContentDisposition?.DispositionType);
        Assert.Contains("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Media_WhenItIsAnotherUsers_IsNotThere()
    {
        var (ana, session) = await UserAsync();
        var (bruno, _) = await UserAsync();
        var uploaded = await (await UploadAsync(ana, session, Picture)).JsonAsync(HttpStatusCode.Created);

        var fetched = await bruno.AskAsync($"/api/media/{uploaded.GetProperty("id").GetString()}");
        var stored = await UploadAsync(bruno, session, Picture);

        await fetched.ProblemAsync(HttpStatusCode.NotFound, "media_not_found");
        await stored.ProblemAsync(HttpStatusCode.NotFound, "session_not_found");
    }

    [Theory]
    [InlineData("../../../recado.db")]
    [InlineData("..\\..\\recado.db")]
    [InlineData("/etc/passwd")]
    public async Task Upload_WhenTheNameLeadsElsewhere_KeepsItsLastPartAsLabelOnly(string name)
    {
        var (ana, session) = await UserAsync();

        var uploaded = await (await UploadAsync(ana, session, Picture, name)).JsonAsync(HttpStatusCode.Created);

        Assert.DoesNotContain('/', uploaded.GetProperty("fileName").GetString()!);
        await (await ana.AskAsync("/api/media/..%2F..%2Frecado.db")).ProblemAsync(HttpStatusCode.NotFound, "not_found");
    }

    [Fact]
    public async Task Upload_WhenTheFileIsEmptyOrMissing_SaysSo()
    {
        var (ana, session) = await UserAsync();

        var empty = await UploadAsync(ana, session, []);
        var missing = await ana.PostAsync($"/api/sessions/{session}/media", new MultipartFormDataContent { { new StringContent("x"), "other" } }, Ct);
        var noForm = await ana.PostTextAsync($"/api/sessions/{session}/media", "{}");

        await empty.ProblemAsync(HttpStatusCode.BadRequest, "media_empty");
        await missing.ProblemAsync(HttpStatusCode.BadRequest, "invalid_input");
        await noForm.ProblemAsync(HttpStatusCode.UnsupportedMediaType, "unsupported_media_type");
    }

    [Fact]
    public async Task Upload_WhenThreeGigabytesAreAnnounced_IsRefusedBeforeTheyCome()
    {
        var (ana, session) = await UserAsync();

        var answer = await RawUploadAsync(ana, session, contentLength: 3L * 1024 * 1024 * 1024, body: "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx");

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("too_large", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_WhenTheFormBreaksOff_StoresNothing()
    {
        var (ana, session) = await UserAsync();
        const string body = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nhalf of a file";

        var answer = await RawUploadAsync(ana, session, body.Length, body);

        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("upload_truncated", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RemoveUnused_WhenNoRowRefersToAFile_RemovesItAndNoOther()
    {
        var (ana, session) = await UserAsync();
        var kept = await (await UploadAsync(ana, session, Picture)).JsonAsync(HttpStatusCode.Created);
        var files = Server.Services.GetRequiredService<MediaFiles>();
        await using var orphan = files.Create();
        await orphan.WriteAsync(RandomNumberGenerator.GetBytes(100), Ct);
        var stored = await files.KeepAsync(orphan, Ct);

        await files.RemoveUnusedAsync(Server.Services.GetRequiredService<IMediaStore>(), TimeProvider.System.GetUtcNow().AddMinutes(1), Ct);

        Assert.Null(await files.OpenAsync(stored.Sha256, Ct));
        Assert.Equal(HttpStatusCode.OK, (await ana.AskAsync($"/api/media/{kept.GetProperty("id").GetString()}")).StatusCode);
    }

    private static async Task<HttpResponseMessage> UploadAsync(HttpClient http, Guid session, byte[] bytes, string name = "photo.png", string type = "image/png")
    {
        using var file = new ByteArrayContent(bytes) { Headers = { ContentType = new(type) } };
        using var form = new MultipartFormDataContent { { file, "file", name } };
        return await http.PostAsync($"/api/sessions/{session}/media", form, Ct);
    }

    private async Task<(HttpClient Http, Guid Session)> UserAsync()
    {
        var user = Guid.NewGuid();
        var session = await Server.OwnSessionAsync(user, Ct);
        return (Server.As(user), session.Row.Id);
    }

    /// <summary>What no HTTP client would send.</summary>
    private async Task<string> RawUploadAsync(HttpClient user, Guid session, long contentLength, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", Server.Url.Port, Ct);
        await using var stream = socket.GetStream();
        var head = $"POST /api/sessions/{session}/media HTTP/1.1\r\nHost: localhost\r\nAuthorization: {user.DefaultRequestHeaders.Authorization}\r\n"
            + $"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {contentLength}\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + body), Ct);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Ct);
    }
}
