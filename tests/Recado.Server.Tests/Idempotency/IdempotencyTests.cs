using System.Net;
using System.Text;
using System.Text.Json;
using Recado.Server.Tests.Api;
using Recado.Server.Tests.Media;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Idempotency;

/// <summary>What a client sees of <c>Idempotency-Key</c>.</summary>
public sealed class IdempotencyTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private readonly string _key = $"order-{Guid.NewGuid()}";

    private string Path => $"/api/sessions/{server.Ana}/messages";

    [Fact]
    public async Task Send_WhenRepeated_GivesTheFirstAnswerAndSendsOnce()
    {
        var first = await server.Http.PostWithKeyAsync(_key, Path, Text("only once"));
        var second = await server.Http.PostWithKeyAsync(_key, Path, Text("only once"));

        var answer = await first.JsonAsync();
        Assert.Equal(answer.GetRawText(), (await second.JsonAsync()).GetRawText());
        Assert.Equal((false, true), (first.IsReplayed(), second.IsReplayed()));
        Assert.Equal(first.Content.Headers.ContentType, second.Content.Headers.ContentType);
        await server.ReceivedAsync(server.Bruno, answer.GetProperty("messageId").GetString()!);
        Assert.Equal(1, await CountAsync("only once"));
    }

    [Fact]
    public async Task Send_WhenRepeatedAtOnce_IsCarriedOutOnce()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.Http.PostWithKeyAsync(_key, Path, Text("five at once"))));

        var ids = await Task.WhenAll(answers.Select(async answer => (await answer.JsonAsync()).GetProperty("messageId").GetString()!));
        Assert.Single(ids.Distinct());
        Assert.Single(answers, answer => !answer.IsReplayed());
        await server.ReceivedAsync(server.Bruno, ids[0]);
        Assert.Equal(1, await CountAsync("five at once"));
    }

    [Fact]
    public async Task Post_WhenTheKeyStandsForAnotherRequest_Answers422()
    {
        await (await server.Http.PostWithKeyAsync(_key, Path, Text("first"))).JsonAsync();

        await (await server.Http.PostWithKeyAsync(_key, Path, Text("second"))).ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
        await (await server.Http.PostWithKeyAsync(_key, $"/api/sessions/{server.Bruno}/messages", Text("first")))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task Post_WhenItWasRefused_LeavesTheKeyFree()
    {
        await (await server.Http.PostWithKeyAsync(_key, Path, "{")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_json");
        await (await server.Http.PostWithKeyAsync(_key, Path, """{"to":"1","message":"x"}""")).ProblemAsync(HttpStatusCode.BadRequest, "invalid_recipient");
        await (await server.Http.PostWithKeyAsync(_key, Path, """{"to":"5511900009999","message":"x"}"""))
            .ProblemAsync(HttpStatusCode.UnprocessableEntity, "recipient_not_on_whatsapp");

        var sent = await server.Http.PostWithKeyAsync(_key, Path, Text("corrected"));

        Assert.False(sent.IsReplayed());
        await sent.JsonAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    public async Task Post_WhenTheKeyIsInvalid_Answers400(string key)
    {
        await (await server.Http.PostWithKeyAsync(key, Path, Text("x"))).ProblemAsync(HttpStatusCode.BadRequest, "invalid_idempotency_key");
    }

    [Theory]
    [InlineData(255, HttpStatusCode.OK)]
    [InlineData(256, HttpStatusCode.BadRequest)]
    public async Task Post_WhenTheKeyIsLong_TakesUpTo255Characters(int length, HttpStatusCode status)
    {
        var answer = await server.Http.PostWithKeyAsync(_key.PadRight(length, 'x'), Path, Text($"key of {length}"));

        Assert.Equal(status, answer.StatusCode);
    }

    [Fact]
    public async Task Upload_WhenRepeatedInAnotherForm_GivesTheFirstFile()
    {
        var path = $"/api/sessions/{server.Ana}/media";
        var file = SampleFiles.Of("png");

        var first = await server.Http.PostWithKeyAsync(_key, path, Form(file, "one"));
        var second = await server.Http.PostWithKeyAsync(_key, path, Form(file, "another"));

        Assert.Equal((await first.JsonAsync(HttpStatusCode.Created)).GetRawText(), (await second.JsonAsync(HttpStatusCode.Created)).GetRawText());
        Assert.Equal((true, first.Headers.Location), (second.IsReplayed(), second.Headers.Location));
        await (await server.Http.PostWithKeyAsync(_key, path, Form([.. file, 0], "one"))).ProblemAsync(HttpStatusCode.UnprocessableEntity, "idempotency_key_reused");
    }

    [Fact]
    public async Task Upload_WhenTheFormBreaksOff_Answers400AndLeavesTheKeyFree()
    {
        var path = $"/api/sessions/{server.Ana}/media";
        var broken = new StringContent("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\nhal");
        broken.Headers.ContentType = new("multipart/form-data") { Parameters = { new("boundary", "b") } };

        await (await server.Http.PostWithKeyAsync(_key, path, broken)).ProblemAsync(HttpStatusCode.BadRequest, "upload_truncated");

        await (await server.Http.PostWithKeyAsync(_key, path, Form("whole"u8.ToArray(), "b"))).JsonAsync(HttpStatusCode.Created);
    }

    [Fact]
    public async Task React_WhenRepeated_ReactsOnce()
    {
        var id = await server.SendTextAsync("to react to");
        await server.TakenAsync(id);

        var first = await (await server.Http.PostWithKeyAsync(_key, $"{Path}/{id}/reactions", """{"emoji":"🎉"}""")).JsonAsync();
        var second = await (await server.Http.PostWithKeyAsync(_key, $"{Path}/{id}/reactions", """{"emoji":"🎉"}""")).JsonAsync();

        Assert.Equal(first.GetRawText(), second.GetRawText());
    }

    private static string Text(string text) => JsonSerializer.Serialize(new { to = "5511900000002", message = text });

    private static MultipartFormDataContent Form(byte[] file, string boundary) => new(boundary) { { new ByteArrayContent(file), "file", "photo.png" } };

    private async Task<int> CountAsync(string text)
    {
        var list = await (await server.Http.AskAsync($"{Path}?limit=200&direction=sent")).JsonAsync();
        return list.GetProperty("messages").EnumerateArray().Count(row => row.GetProperty("content").TryGetProperty("text", out var said) && said.ValueEquals(text));
    }
}
