namespace Recado.Server.Features.Auth;

/// <summary>Talks to the project's authentication service: bounded in time and size, and not told where else to go.</summary>
internal sealed class SupabaseHttpClient : HttpClient
{
    private const int LargestAnswer = 256 * 1024;

    public SupabaseHttpClient(SupabaseAuthOptions options)
        : base(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = options.Patience;
        MaxResponseContentBufferSize = LargestAnswer;
    }
}
