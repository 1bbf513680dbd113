using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Recado.Server.Features.ApiKeys;
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

    /// <summary>Bearer tokens and API keys, and nothing of the rest: cookies would need a key ring on disk, which nobody here reads.</summary>
    public static void AddRecadoAuthentication(this IServiceCollection services)
    {
        services.AddWebEncoders();
        services.AddTransient<BearerHandler>();
        services.AddTransient<ApiKeyHandler>();
        services.AddAuthenticationCore(options =>
        {
            options.AddScheme<BearerHandler>(BearerHandler.SchemeName, displayName: null);
            options.AddScheme<ApiKeyHandler>(ApiKeyHandler.SchemeName, displayName: null);
            options.DefaultScheme = BearerHandler.SchemeName;
        });
        services.Configure<AuthenticationSchemeOptions>(BearerHandler.SchemeName, options => options.ForwardDefaultSelector =
            context => context.Request.Headers.ContainsKey(ApiKeyHandler.Header) ? ApiKeyHandler.SchemeName : null);

        services.AddSingleton<KeyRevocations>();
        services.AddSingleton<ApiKeyUse>();
        services.AddHostedService(provider => provider.GetRequiredService<ApiKeyUse>());
        services.AddSingleton<ApiKeyVerifier>();
        services.AddSingleton<UserApiKeys>();

        services.AddAuthorization(options => options.DefaultPolicy =
            new AuthorizationPolicyBuilder().RequireAuthenticatedUser().AddRequirements(new CallerRequirement()).Build());
        services.AddSingleton<IAuthorizationHandler, CallerAuthorization>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusalWriter>();
    }
}
