using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Recado.Server.Features.ApiKeys;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Idempotency;
using Recado.Server.Features.Reference;

namespace Recado.Server.Features;

/// <summary>The OpenAPI document at <c>/openapi/v1.json</c>.</summary>
internal static class ApiDescription
{
    private const string ProblemSchema = "ProblemDetails", ProblemType = "application/problem+json", JsonType = "application/json";

    public static void AddRecadoDescription(this IServiceCollection services) => services.AddOpenApi(options =>
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Recado";
            document.Info.Description =
                "WhatsApp sessions and messages. Events come over the WebSocket at /ws; see the README for its frames. " +
                "Errors are RFC 9457 problem details with a stable 'code'.";
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[BearerHandler.SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A Supabase access token, or in standalone mode the local token.",
            };
            document.Components.SecuritySchemes[ApiKeyHandler.SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = ApiKeyHandler.Header,
                Description = $"An API key, made by POST /api/keys. Each operation names the scope that it needs of a key: {string.Join(", ", ScopeNames.All)}.",
            };
            return Task.CompletedTask;
        });

        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            var (method, path) = (context.Description.HttpMethod ?? "GET", PathOf(context.Description));
            operation.OperationId ??= IdOf(method, path);
            foreach (var call in DocumentedCall.All.Where(call => call.Method == method && call.Path == path))
                Show(operation, call);
            foreach (var examples in metadata.OfType<RequestExamples>())
                Show(operation, examples);
            foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Query) ?? [])
                parameter.Name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Name!); // of records' members, which bind in any case

            if (metadata.OfType<IAuthorizeData>().Any() && !metadata.OfType<IAllowAnonymous>().Any())
            {
                operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(BearerHandler.SchemeName, context.Document)] = [] }];
                DescribeKeys(operation, context, metadata.OfType<EndpointAccess>().LastOrDefault() ?? EndpointAccess.UsersOnly);
                Refuses(operation, context, StatusCodes.Status401Unauthorized);
                if (operation.Parameters?.Any(parameter => parameter.In == ParameterLocation.Path) == true)
                    Refuses(operation, context, StatusCodes.Status404NotFound);
            }

            if (context.Description.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true)
                Refuses(operation, context, StatusCodes.Status429TooManyRequests);
            if (HttpMethods.IsPost(context.Description.HttpMethod ?? "") && operation.Security is not null)
                TakesKey(operation, context);

            return Task.CompletedTask;
        });
    });

    private static void TakesKey(OpenApiOperation operation, OpenApiOperationTransformerContext context)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = IdempotencyKey.Header,
            In = ParameterLocation.Header,
            Description = "Names this request. For 24 hours the same request with the same key gets the first answer again "
                + $"(with '{IdempotencyKey.ReplayedHeader}: true') and is carried out once; another request with that key is refused.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = IdempotencyKey.Longest, Pattern = "^[!-~]+$" },
            Example = "order-2026-0042",
        });
        Refuses(operation, context, StatusCodes.Status400BadRequest);
        Refuses(operation, context, StatusCodes.Status409Conflict);
        Refuses(operation, context, StatusCodes.Status422UnprocessableEntity);
    }

    /// <summary>Whether API keys may do it, and what they need. OpenAPI 3.1 lists it with the scheme; for those who read, it stands in the text, too.</summary>
    private static void DescribeKeys(OpenApiOperation operation, OpenApiOperationTransformerContext context, EndpointAccess access)
    {
        Refuses(operation, context, StatusCodes.Status403Forbidden);
        var scope = access.For(context.Description.HttpMethod ?? HttpMethods.Get);
        if (scope is not ApiScopes.None)
            operation.Security!.Add(new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKeyHandler.SchemeName, context.Document)] = [ScopeNames.Of(scope)] });

        var sentence = scope is ApiScopes.None ? "Not for API keys." : $"API keys need the scope `{ScopeNames.Of(scope)}`.";
        operation.Description = string.IsNullOrEmpty(operation.Description) ? sentence : $"{operation.Description}\n\n{sentence}";
    }

    /// <summary>Without a slash at the end, and without what a parameter must look like.</summary>
    private static string PathOf(Microsoft.AspNetCore.Mvc.ApiExplorer.ApiDescription description) =>
        string.Join('/', $"/{description.RelativePath}".TrimEnd('/').Split('/').Select(part => part.StartsWith('{') ? $"{{{part.Trim('{', '}').Split(':')[0]}}}" : part));

    /// <summary><c>POST /api/sessions/{id}/messages</c> is <c>postSessionsByIdMessages</c>.</summary>
    private static string IdOf(string method, string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != "api")
            .Select(part => part.StartsWith('{') ? $"By{Capital(part.Trim('{', '}'))}" : Capital(part));
        return method.ToLowerInvariant() + string.Concat(parts);
    }

    private static string Capital(string part) =>
        string.Concat(part.Split('-', '.').Where(word => word.Length > 0).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static void Show(OpenApiOperation operation, DocumentedCall call)
    {
        if (call.ExampleBody is { } body && operation.RequestBody?.Content is { } bodies && bodies.TryGetValue(JsonType, out var asked))
            asked.Example ??= body;
        if (call.Answer is { } answer && operation.Responses is { } answers
            && answers.TryGetValue(call.Status.ToString(CultureInfo.InvariantCulture), out var given) && given.Content is { } contents
            && contents.TryGetValue(JsonType, out var shown))
            shown.Example ??= JsonNode.Parse(answer);
    }

    private static void Show(OpenApiOperation operation, RequestExamples examples)
    {
        foreach (var body in operation.RequestBody?.Content?.Values ?? [])
        {
            body.Example = null;
            body.Examples = examples.Examples.ToDictionary(
                example => example.Name,
                IOpenApiExample (example) => new OpenApiExample { Summary = example.Summary, Value = example.Value.DeepClone() });
        }
    }

    private static void Refuses(OpenApiOperation operation, OpenApiOperationTransformerContext context, int status)
    {
        operation.Responses ??= [];
        operation.Responses.TryAdd(status.ToString(CultureInfo.InvariantCulture), new OpenApiResponse
        {
            Description = ReasonPhrases.GetReasonPhrase(status),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemType] = new() { Schema = new OpenApiSchemaReference(ProblemSchema, context.Document) },
            },
        });
    }
}
