namespace Recado.Server.Features.Auth;

/// <summary>
/// Metadata of an endpoint: what an API key needs there. Without it, and with <see cref="UsersOnly"/>, API keys are refused; what is declared
/// for one endpoint counts more than what is declared for its group.
/// </summary>
/// <param name="Changing">The scope for every method but GET and HEAD, which need <see cref="ApiScopes.Read"/>.</param>
internal sealed record EndpointAccess(ApiScopes Changing)
{
    public static readonly EndpointAccess UsersOnly = new(ApiScopes.None);

    public ApiScopes For(string method) =>
        Changing is not ApiScopes.None && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method)) ? ApiScopes.Read : Changing;
}

/// <summary>Metadata of an endpoint that is about no one session, and whose answer leaves out what a limited API key does not reach.</summary>
internal sealed record FiltersSessions;

internal static class EndpointAccessConventions
{
    /// <summary>API keys that read need <c>read</c>, those that do anything else <paramref name="scope"/>.</summary>
    public static TBuilder NeedsScope<TBuilder>(this TBuilder endpoint, ApiScopes scope)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new EndpointAccess(scope));

    /// <summary>No API key may do this, whatever its scopes.</summary>
    public static TBuilder ForUsersOnly<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(EndpointAccess.UsersOnly);

    /// <summary>API keys that are limited to some sessions may ask too: the handler looks at <see cref="AuthenticatedUser.Sees"/>.</summary>
    public static TBuilder FiltersSessions<TBuilder>(this TBuilder endpoint)
        where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new FiltersSessions());
}
