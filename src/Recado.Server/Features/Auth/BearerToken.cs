namespace Recado.Server.Features.Auth;

/// <summary>Where a request carries its token.</summary>
internal static class BearerToken
{
    /// <summary>First of the subprotocol pair <c>bearer, &lt;token&gt;</c>, for browsers, which cannot set headers on a WebSocket.</summary>
    public const string Subprotocol = "bearer";

    private const string Scheme = "Bearer ";

    /// <summary>The token of an HTTP request: the <c>Authorization</c> header alone, so that no address of ours is worth stealing.</summary>
    public static string? OfRequest(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && header.AsSpan(Scheme.Length).Trim() is { Length: > 0 } token
            ? token.ToString()
            : null;
    }

    /// <summary>The token of a WebSocket: <c>?token=</c>, the header, or the subprotocol pair.</summary>
    public static string? OfWebSocket(HttpContext context)
    {
        if (context.Request.Query["token"].ToString() is { Length: > 0 } query)
            return query;

        if (OfRequest(context.Request) is { } header)
            return header;

        return context.WebSockets.WebSocketRequestedProtocols is [Subprotocol, var token, ..] ? token : null;
    }
}
