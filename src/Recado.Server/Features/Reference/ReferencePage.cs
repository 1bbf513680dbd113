using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;
using Recado.Server.Features.Auth;
using Scalar.AspNetCore;

namespace Recado.Server.Features.Reference;

/// <summary>The API's description for people, at <c>/docs</c>: read, search and try. Everything comes from this server; nothing is asked of others.</summary>
internal static class ReferencePage
{
    public static void MapReference(this IEndpointRouteBuilder routes) => routes.MapScalarApiReference("/docs", (options, context) =>
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

        // Its styles are written into the page by its script; scripts are ours alone.
        context.Response.Headers[HeaderNames.ContentSecurityPolicy] =
            $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
            + "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        options.WithTitle("Recado API").WithNonce(nonce).DisableDefaultFonts().WithOpenApiRoutePattern("/openapi/v1.json")
            .DisableAgent().DisableMcp().HideClientButton().AddPreferredSecuritySchemes(BearerHandler.SchemeName);
        options.ShowDeveloperTools = DeveloperToolsVisibility.Never;
        options.Telemetry = false;
    }).AllowAnonymous();
}
