using Recado.Server.Hosting;

namespace Recado.Server.Features.Auth;

internal static class TokenServices
{
    /// <summary>The one way this server knows its users: the Supabase project, or in standalone mode the local token.</summary>
    public static void AddRecadoTokens(this IServiceCollection services, RecadoSettings settings)
    {
        if (settings.SupabaseUrl is not { } project)
        {
            var token = settings.LocalToken ?? throw new InvalidOperationException("Standalone mode has no local token.");
            services.AddSingleton<ITokenVerifier>(new LocalTokenVerifier(token));
            return;
        }

        services.AddSingleton(new SupabaseAuthOptions(project, settings.SupabaseJwtSecret, settings.SupabaseServiceKey));
        services.AddSingleton<SupabaseHttpClient>();
        services.AddSingleton<JwksKeyRing>();
        services.AddSingleton<SupabaseUserCheck>();
        services.AddSingleton<ITokenVerifier, SupabaseTokenVerifier>();
    }
}
