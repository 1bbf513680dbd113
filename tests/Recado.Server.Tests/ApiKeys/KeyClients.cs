using System.Net;
using System.Text.Json;
using Recado.Server.Tests.Api;

namespace Recado.Server.Tests.ApiKeys;

/// <summary>Keys and those who call with them.</summary>
internal static class KeyClients
{
    /// <returns>The key's id, and the key itself.</returns>
    public static async Task<(Guid Id, string Secret)> CreateKeyAsync(this HttpClient user, string[] scopes, Guid[]? sessions = null, DateTimeOffset? expiresAt = null)
    {
        var created = await (await user.PostAsync("/api/keys", new { name = "tests", scopes, sessions, expiresAt })).JsonAsync(HttpStatusCode.Created);
        return (created.GetProperty("key").GetProperty("id").GetGuid(), created.GetProperty("secret").GetString()!);
    }

    public static HttpClient WithKey(this TestServer server, string secret) => new() { BaseAddress = server.Url, DefaultRequestHeaders = { { "X-Api-Key", secret } } };

    public static Task<TestSocket> OpenWithKeyAsync(this TestServer server, string secret) =>
        TestSocket.OpenAsync(server, token: null, configure: options => options.SetRequestHeader("X-Api-Key", secret));

    public static async Task<IReadOnlyList<Guid>> SessionIdsAsync(this HttpClient http) =>
        IdsOf((await (await http.AskAsync("/api/sessions")).JsonAsync()).GetProperty("sessions"));

    public static IReadOnlyList<Guid> IdsOf(JsonElement rows) => [.. rows.EnumerateArray().Select(row => row.GetProperty("id").GetGuid())];
}
