using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Recado.Server.Features.Messages;

namespace Recado.Server.Tests.Api;

public sealed class ApiDescriptionTests(ServerWithUsers fixture) : IClassFixture<ServerWithUsers>
{
    private TestServer Server => fixture.Server;

    [Fact]
    public async Task Description_OfEachOperation_NamesItAndSaysWhatItAnswers()
    {
        var operations = await OperationsAsync();

        Assert.Equal(operations.Count, operations.Select(operation => operation.Body.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, operation =>
        {
            Assert.False(string.IsNullOrEmpty(operation.Body.GetProperty("summary").GetString()), operation.Name);
            var answers = operation.Body.GetProperty("responses");
            Assert.Contains(answers.EnumerateObject(), answer => answer.Name[0] == '2' || answer.Name == "101");
            if (!operation.Body.TryGetProperty("security", out _))
                return;

            AssertProblem(answers, "401", operation.Name);
            if (operation.Name.Contains('{', StringComparison.Ordinal))
                AssertProblem(answers, "404", operation.Name);
        });
    }

    [Fact]
    public async Task Description_OfEachOperation_NamesTheLimitsAndOfEachPostTheKey()
    {
        Assert.All((await OperationsAsync()).Where(operation => operation.Name.Contains(" /api/", StringComparison.Ordinal)), operation =>
        {
            AssertProblem(operation.Body.GetProperty("responses"), "429", operation.Name);
            var takesKey = operation.Body.TryGetProperty("parameters", out var parameters)
                && parameters.EnumerateArray().Any(parameter => parameter.GetProperty("in").ValueEquals("header") && parameter.GetProperty("name").ValueEquals("Idempotency-Key"));
            Assert.Equal(operation.Name.StartsWith("post ", StringComparison.Ordinal), takesKey);
        });
    }

    [Fact]
    public async Task Description_OfSendingMessages_ShowsEachKind()
    {
        var send = (await OperationsAsync()).Single(operation => operation.Name == "post /api/sessions/{id}/messages").Body;
        var media = send.GetProperty("requestBody").GetProperty("content").GetProperty("application/json");

        var shown = media.GetProperty("examples").EnumerateObject()
            .Select(example => example.Value.GetProperty("value").TryGetProperty("type", out var type) ? type.GetString() : "text").Distinct();

        Assert.Equal(Server.Services.GetRequiredService<MessageKinds>().Types.Order(), shown.Order());
    }

    private async Task<List<(string Name, JsonElement Body)>> OperationsAsync()
    {
        var document = await (await Server.Http.AskAsync("/openapi/v1.json")).JsonAsync();
        return [.. from path in document.GetProperty("paths").EnumerateObject()
                   from operation in path.Value.EnumerateObject()
                   select ($"{operation.Name} {path.Name.TrimEnd('/')}", operation.Value)];
    }

    private static void AssertProblem(JsonElement answers, string status, string operation)
    {
        Assert.True(answers.TryGetProperty(status, out var answer), $"{operation} says nothing of {status}");
        Assert.True(answer.GetProperty("content").TryGetProperty("application/problem+json", out _), $"{operation} shows no problem for {status}");
    }
}
