using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Features.Reference;
using Recado.Server.Tests.Messages;

namespace Recado.Server.Tests.Api;

/// <summary>Every call of the API, as its page shows it and as its description describes it.</summary>
public sealed class ApiPageTests(LinkedServer server) : IClassFixture<LinkedServer>
{
    private const string Json = "application/json";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WhenCarriedOut_IsAnsweredAsItShowsAndAsItIsDescribed()
    {
        var description = await OpenApiDocument.ReadAsync(server.Server);
        var walk = new ApiWalk(server);
        await walk.PrepareAsync();

        foreach (var call in DocumentedCall.All)
        {
            using var answer = await server.Http.SendAsync(walk.Request(call), Ct);

            var text = await answer.Content.ReadAsStringAsync(Ct);
            Assert.True((int)answer.StatusCode == call.Status, $"{call.Method} {call.Path} answers {(int)answer.StatusCode}: {text}");
            var operation = description.Find(call.Method, call.Path);
            Assert.True(operation.Answers.ContainsKey($"{call.Status}"), $"{operation} is not described with {call.Status}");
            if (call.Answer is null)
                continue;

            var body = JsonElement.Parse(text);
            Assert.Equal(Json, answer.Content.Headers.ContentType?.MediaType);
            var schema = operation.AnswerSchema(call.Status, Json);
            Assert.True(schema is not null, $"{operation} says nothing of the body of {call.Status}");
            AssertFits(description, operation, schema, body, "The answer");
            AssertFits(description, operation, schema, JsonElement.Parse(call.Answer), "The example");
            AssertSameMembers(JsonElement.Parse(call.Answer), body, $"{operation}");
            await walk.LearnAsync(call, body);
        }
    }

    [Fact]
    public async Task Page_OfAllOperations_LeavesNoneOut()
    {
        var description = await OpenApiDocument.ReadAsync(server.Server);

        var described = description.Operations.Where(operation => operation.IsOurs).Select(operation => operation.ToString());
        var shown = DocumentedCall.All.Select(call => $"{call.Method} {call.Path}");

        Assert.Equal(described.Order(), shown.Distinct().Order());
    }

    [Fact]
    public async Task Description_OfBodies_HasExamplesThatFitTheirSchemas()
    {
        var description = await OpenApiDocument.ReadAsync(server.Server);

        foreach (var operation in description.Operations.Where(operation => operation.IsOurs))
        {
            Assert.All(operation.Answers.Where(answer => answer.Key[0] == '2'), answer =>
                Assert.True(answer.Value!["content"]?[Json] is not { } shown || shown["example"] is not null, $"{operation} shows no answer {answer.Key}"));
            if (operation.Body["requestBody"]?["content"]?[Json] is not JsonObject body)
                continue;

            var examples = body["examples"]?.AsObject().Select(example => example.Value!["value"]) ?? [body["example"]];
            Assert.All(examples, example =>
            {
                Assert.True(example is not null, $"{operation} shows no body");
                AssertFits(description, operation, body["schema"]!, example.Deserialize<JsonElement>(), "The body");
            });
        }
    }

    private static void AssertFits(OpenApiDocument description, ApiOperation operation, JsonNode schema, JsonElement body, string what)
    {
        var complaints = description.Complaints(schema, body);
        Assert.True(complaints.Count == 0, $"{what} of {operation} does not fit its schema: {string.Join("; ", complaints)}\n{body}");
    }

    /// <summary>Members have the same names; values may differ. Of lists the first elements count.</summary>
    private static void AssertSameMembers(JsonElement shown, JsonElement given, string where)
    {
        if (shown.ValueKind == JsonValueKind.Object && given.ValueKind == JsonValueKind.Object)
        {
            Assert.True(
                shown.EnumerateObject().Select(member => member.Name).Order().SequenceEqual(given.EnumerateObject().Select(member => member.Name).Order()),
                $"{where} shows {shown} and answers {given}");
            foreach (var member in shown.EnumerateObject().Where(member => member.Name != "content")) // of messages, whose kinds differ
                AssertSameMembers(member.Value, given.GetProperty(member.Name), $"{where} {member.Name}");
        }
        else if (shown.ValueKind == JsonValueKind.Array && given.ValueKind == JsonValueKind.Array && shown.GetArrayLength() > 0 && given.GetArrayLength() > 0)
        {
            AssertSameMembers(shown[0], given[0], $"{where}[0]");
        }
    }
}
