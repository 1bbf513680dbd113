namespace Recado.Server.Features.Auth;

/// <summary>What API keys may be allowed to do. No scope contains another.</summary>
[Flags]
internal enum ApiScopes
{
    None = 0,

    /// <summary>Everything that is read, and the events.</summary>
    Read = 1,

    /// <summary>Messages and what goes with them: uploads, reactions, edits, read marks, typing.</summary>
    Send = 2,

    /// <summary>Sessions, groups, the account's profile and settings, leads.</summary>
    Manage = 4,
}

/// <summary>Scopes as the API spells them.</summary>
internal static class ScopeNames
{
    public static readonly IReadOnlyList<string> All = [Of(ApiScopes.Read), Of(ApiScopes.Send), Of(ApiScopes.Manage)];

    public static string Of(ApiScopes scope) => scope.ToString().ToLowerInvariant();

    /// <summary>The scopes of that name; none for a name that is unknown.</summary>
    public static ApiScopes Parse(IEnumerable<string> names) => names.Aggregate(ApiScopes.None, (all, name) => all | Parse(name));

    private static ApiScopes Parse(string name) => name switch
    {
        "read" => ApiScopes.Read,
        "send" => ApiScopes.Send,
        "manage" => ApiScopes.Manage,
        _ => ApiScopes.None,
    };
}
