using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Recado.Server.Tests.Api;

internal static class Answers
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response, HttpStatusCode status = HttpStatusCode.OK)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(status == response.StatusCode, $"{response.StatusCode} instead of {status}: {text}");
        return JsonElement.Parse(text);
    }

    /// <summary>Checks the form of an error answer (RFC 9457 and our two members).</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status, string code)
    {
        var problem = await response.JsonAsync(status);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(code, problem.GetProperty("code").GetString());
        Assert.Equal((int)status, problem.GetProperty("status").GetInt32());
        Assert.False(string.IsNullOrEmpty(problem.GetProperty("title").GetString()));
        Assert.Equal(problem.GetProperty("detail").GetString(), problem.GetProperty("error").GetString());
        Assert.DoesNotContain("Recado.", problem.GetRawText(), StringComparison.Ordinal);
        return problem;
    }

    public static Task<HttpResponseMessage> PostTextAsync(this HttpClient http, string path, string body, string mediaType = "application/json") =>
        http.PostAsync(path, new StringContent(body, Encoding.UTF8, mediaType), TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> PostAsync(this HttpClient http, string path, object? body = null) =>
        http.PostAsync(path, body is null ? null : JsonContent.Create(body), TestContext.Current.CancellationToken);

    public static Task<HttpResponseMessage> AskAsync(this HttpClient http, string path) => http.GetAsync(path, TestContext.Current.CancellationToken);
}
