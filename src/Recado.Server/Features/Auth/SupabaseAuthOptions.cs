namespace Recado.Server.Features.Auth;

/// <summary>The Supabase project whose users may call.</summary>
/// <param name="Project">The project's address, as in <c>SUPABASE_URL</c>.</param>
/// <param name="JwtSecret">The HS256 secret, when the project still signs with one.</param>
/// <param name="ServiceKey">Sent as <c>apikey</c> when a token is checked by asking the project.</param>
internal sealed record SupabaseAuthOptions(Uri Project, string? JwtSecret, string? ServiceKey)
{
    /// <summary>A key set older than this is fetched again, so that a revoked key stops counting. Default: 10 minutes, as Supabase caches it.</summary>
    public TimeSpan KeySetLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Shortest time between two fetches of the key set, whatever the tokens claim. Default: 10 s.</summary>
    public TimeSpan KeySetMinimumAge { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an answer of <c>auth/v1/user</c> counts, if the token lives that long. Default: 60 s.</summary>
    public TimeSpan UserLifetime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the project may take for an answer. Default: 5 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    public string Issuer { get; } = $"{Project.AbsoluteUri.TrimEnd('/')}/auth/v1";

    public Uri KeySetAddress => new($"{Issuer}/.well-known/jwks.json");

    public Uri UserAddress => new($"{Issuer}/user");
}
