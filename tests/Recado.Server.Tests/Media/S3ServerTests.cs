using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.Media;

/// <summary>A server that keeps its files in an S3-compatible store.</summary>
public sealed class S3ServerTests(S3Server store) : IClassFixture<S3Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Upload_WhenFilesAreKeptElsewhere_IsServedInRangesFromThere()
    {
        await using var server = await TestServer.StartAsync(settings => TestServer.WithUsers(settings) with { MediaStore = store.Settings });
        var user = Guid.NewGuid();
        var session = await server.OwnSessionAsync(user, Ct);
        using var http = server.As(user);
        var bytes = RandomNumberGenerator.GetBytes(2_000_000);

        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "file", "data.bin" } };
        var uploaded = await (await http.PostAsync($"/api/sessions/{session.Row.Id}/media", form, Ct)).JsonAsync(HttpStatusCode.Created);
        var address = $"/api/media/{uploaded.GetProperty("id").GetString()}";
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { Range = new RangeHeaderValue(1_500_000, 1_500_999) } };
        using var part = await http.SendAsync(request, Ct);

        Assert.Equal(bytes, await http.GetByteArrayAsync(address, Ct));
        Assert.Equal(HttpStatusCode.PartialContent, part.StatusCode);
        Assert.Equal(bytes[1_500_000..1_501_000], await part.Content.ReadAsByteArrayAsync(Ct));
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "media"), "*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Upload_WhenTheStoreIsAway_Answers503AndStoresNothing()
    {
        await using var server = await TestServer.StartAsync(
            settings => TestServer.WithUsers(settings) with { MediaStore = store.Settings with { Endpoint = new Uri("http://127.0.0.1:9") } });
        var user = Guid.NewGuid();
        var session = await server.OwnSessionAsync(user, Ct);
        using var http = server.As(user);

        using var form = new MultipartFormDataContent { { new ByteArrayContent([1, 2, 3]), "file", "data.bin" } };
        var answer = await http.PostAsync($"/api/sessions/{session.Row.Id}/media", form, Ct);

        await answer.ProblemAsync(HttpStatusCode.ServiceUnavailable, "media_store_unavailable");
        Assert.Empty(Directory.GetFiles(Path.Combine(server.DataFolder, "media"), "*", SearchOption.AllDirectories));
    }
}
