using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.ApiKeys;

/// <summary>Puts the user of an API key, and what the key allows, on the request.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyVerifier verifier)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "ApiKey", Header = "X-Api-Key";

    /// <summary>Where a WebSocket may carry its key, too.</summary>
    private const string QueryName = "api_key";

    private TokenVerdict _verdict = new TokenVerdict.Rejected("Send either a token or an API key.");

    /// <summary>The key of an HTTP request: the header alone.</summary>
    public static string? KeyOf(HttpRequest request) => request.Headers[Header] is [{ Length: > 0 } key] ? key : null;

    /// <summary>The key of a WebSocket: the header or <c>?api_key=</c>.</summary>
    public static string? KeyOfWebSocket(HttpRequest request) => KeyOf(request) ?? (request.Query[QueryName] is [{ Length: > 0 } key] ? key : null);

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        // Two callers at once would leave it to chance whose rights count.
        if (KeyOf(Request) is { } key && BearerToken.OfRequest(Request) is null)
            _verdict = await verifier.VerifyAsync(key, Context.RequestAborted);

        return _verdict is TokenVerdict.Accepted accepted
            ? AuthenticateResult.Success(new AuthenticationTicket(CurrentUser.ToPrincipal(accepted.User, SchemeName), SchemeName))
            : AuthenticateResult.Fail("The API key was not accepted.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (_verdict is TokenVerdict.Unavailable unavailable)
            return Problems.Result(StatusCodes.Status503ServiceUnavailable, unavailable.Code, unavailable.Reason).ExecuteAsync(Context);

        Response.Headers.WWWAuthenticate = BearerHandler.SchemeName; // a 401 names a scheme (RFC 9110 §15.5.2), and keys have none that is registered
        return Problems.Result(StatusCodes.Status401Unauthorized, ErrorCodes.Unauthorized, ((TokenVerdict.Rejected)_verdict).Reason).ExecuteAsync(Context);
    }
}
