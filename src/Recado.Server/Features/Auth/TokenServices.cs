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

    /// <summary>Bearer tokens, and nothing of the rest: cookies would need a key ring on disk, which nobody here reads.</summary>
    public static void AddBearerTokens(this IServiceCollection services)
    {
        services.AddWebEncoders();
        services.AddTransient<BearerHandler>();
        services.AddAuthenticationCore(options =>
        {
            options.AddScheme<BearerHandler>(BearerHandler.SchemeName, displayName: null);
            options.DefaultScheme = BearerHandler.SchemeName;
        });
    }
}
