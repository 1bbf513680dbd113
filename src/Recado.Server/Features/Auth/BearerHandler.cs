using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Auth;

/// <summary>Puts the user behind a bearer token (RFC 6750) on the request.</summary>
internal sealed class BearerHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ITokenVerifier verifier)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "Bearer";

    private TokenVerdict? _verdict;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken.OfRequest(Request) is not { } token)
            return AuthenticateResult.NoResult();

        _verdict = await verifier.VerifyAsync(token, Context.RequestAborted);
        if (_verdict is TokenVerdict.Accepted accepted)
            return AuthenticateResult.Success(new AuthenticationTicket(CurrentUser.ToPrincipal(accepted.User, SchemeName), SchemeName));

        return AuthenticateResult.Fail("The token was not accepted.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_verdict is TokenVerdict.Unavailable unavailable)
            return Problems.Result(StatusCodes.Status503ServiceUnavailable, unavailable.Code, unavailable.Reason).ExecuteAsync(Context);

        var reason = (_verdict as TokenVerdict.Rejected)?.Reason;
        Response.Headers.WWWAuthenticate = reason is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        return Problems.Result(
            StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, reason ?? "Send a token in the header 'Authorization: Bearer <token>', or an API key in 'X-Api-Key'.")
            .ExecuteAsync(Context);
    }
}
