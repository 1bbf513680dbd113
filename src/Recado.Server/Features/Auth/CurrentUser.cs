using System.Security.Claims;

namespace Recado.Server.Features.Auth;

/// <summary>The user of a request, as the endpoints see it.</summary>
internal static class CurrentUser
{
    public static Guid Id(this ClaimsPrincipal principal) => principal.Caller().Id;

    public static AuthenticatedUser Caller(this ClaimsPrincipal principal) =>
        principal.TryGetCaller() ?? throw new InvalidOperationException("The endpoint does not require a user.");

    public static AuthenticatedUser? TryGetCaller(this ClaimsPrincipal principal) => (principal.Identity as CallerIdentity)?.Caller;

    public static ClaimsPrincipal ToPrincipal(AuthenticatedUser caller, string scheme) => new(new CallerIdentity(caller, scheme));

    private sealed class CallerIdentity(AuthenticatedUser caller, string scheme) : ClaimsIdentity([new Claim("sub", caller.Id.ToString("D"))], scheme)
    {
        public AuthenticatedUser Caller => caller;
    }
}
