using System.Text;

namespace Recado.Server.Tests.Idempotency;

internal static class Requests
{
    public static Task<HttpResponseMessage> PostWithKeyAsync(this HttpClient http, string key, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static Task<HttpResponseMessage> PostWithKeyAsync(this HttpClient http, string key, string path, string json) =>
        http.PostWithKeyAsync(key, path, new StringContent(json, Encoding.UTF8, "application/json"));

    public static bool IsReplayed(this HttpResponseMessage response) => response.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Single() == "true";
}
