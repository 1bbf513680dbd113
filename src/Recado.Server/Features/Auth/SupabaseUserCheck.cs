using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Recado.Server.Features.Auth;

/// <summary>
/// Asks the project whose token it is (Supabase Auth: <c>GET /auth/v1/user</c>), for projects that sign with a secret we do not hold.
/// An answer counts for a minute and never past the token's end; concurrent questions about one token are asked once.
/// </summary>
internal sealed class SupabaseUserCheck(SupabaseHttpClient http, SupabaseAuthOptions options, TimeProvider time, ILogger<SupabaseUserCheck> logger)
{
    /// <summary>Answers kept. When that many are alive, all are forgotten: the next requests ask again.</summary>
    private const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Question> _questions = new(StringComparer.Ordinal);

    /// <summary>The user's id; <see cref="Guid.Empty"/> when the project refuses the token; null when it gave no answer.</summary>
    public async ValueTask<Guid?> AskAsync(string token, DateTimeOffset tokenEnds, CancellationToken ct)
    {
        var key = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        return await QuestionAbout(key, token, tokenEnds).Answer.WaitAsync(ct);
    }

    private Question QuestionAbout(string key, string token, DateTimeOffset tokenEnds)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            // No answer is no reason to stop asking.
            if (_questions.TryGetValue(key, out var known) && known.Ends > now && known.Answer is not { IsCompletedSuccessfully: true, Result: null })
                return known;

            MakeRoom(now);
            var ends = now + options.UserLifetime;
            return _questions[key] = new Question(FetchAsync(token), ends < tokenEnds ? ends : tokenEnds);
        }
    }

    private void MakeRoom(DateTimeOffset now)
    {
        if (_questions.Count < Capacity)
            return;

        foreach (var (key, question) in _questions)
        {
            if (question.Ends <= now)
                _questions.Remove(key);
        }

        if (_questions.Count >= Capacity)
            _questions.Clear();
    }

    /// <summary>Shared by all who ask, so it ends by the client's time-out and not by the caller who happened to be first.</summary>
    private async Task<Guid?> FetchAsync(string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, options.UserAddress);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        if (options.ServiceKey is { } key)
            request.Headers.Add("apikey", key);

        try
        {
            using var response = await http.SendAsync(request);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound)
                return Guid.Empty;

            response.EnsureSuccessStatusCode();
            using var user = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            return user.RootElement.GetProperty("id").GetGuid();
        }
        catch (Exception cause) when (cause is HttpRequestException or OperationCanceledException or JsonException
            or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            logger.UserCheckFailed(cause, options.UserAddress);
            return null;
        }
    }

    private sealed record Question(Task<Guid?> Answer, DateTimeOffset Ends);
}
