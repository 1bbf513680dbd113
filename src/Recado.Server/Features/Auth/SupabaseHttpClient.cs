namespace Recado.Server.Features.Auth;

/// <summary>Talks to the project's authentication service: patient for 5 s, and not told where else to go.</summary>
internal sealed class SupabaseHttpClient : HttpClient
{
    private const int LargestAnswer = 256 * 1024;

    public SupabaseHttpClient()
        : base(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(5);
        MaxResponseContentBufferSize = LargestAnswer;
    }
}
