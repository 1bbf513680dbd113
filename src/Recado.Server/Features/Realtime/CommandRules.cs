using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Auth;

namespace Recado.Server.Features.Realtime;

/// <summary>What each command needs, and what it is called in the audit log. A command that is not in the table is for users only.</summary>
/// <param name="Scope">What an API key needs.</param>
/// <param name="Session">The session it is about.</param>
/// <param name="IsWhole">Whether it concerns the user as a whole, and so no key that is limited to some sessions.</param>
/// <param name="Action">Its name in the audit log; null for what is not entered.</param>
internal sealed record CommandRules(ApiScopes? Scope, string? Session = null, bool IsWhole = false, string? Action = null)
{
    /// <summary>Text that is no id is the id of no session.</summary>
    public Guid? SessionId => Session is null ? null : Guid.TryParse(Session, out var id) ? id : Guid.Empty;

    public static CommandRules Of(ClientCommand command) => command switch
    {
        ClientCommand.Ping or ClientCommand.Authenticate => new(Scope: null),
        ClientCommand.Subscribe => new(ApiScopes.Read),
        ClientCommand.SendMessage send => new(ApiScopes.Send, send.SessionId ?? ""),
        ClientCommand.Typing typing => new(ApiScopes.Send, typing.SessionId ?? ""),
        ClientCommand.Presence presence => new(ApiScopes.Send, presence.SessionId ?? ""),
        ClientCommand.CreateSession => new(ApiScopes.Manage, IsWhole: true, Action: "session.create"),
        ClientCommand.DisconnectSession disconnect => new(ApiScopes.Manage, disconnect.SessionId ?? "", Action: "session.disconnect"),
        _ => new(ApiScopes.None),
    };

    /// <returns>Null when the caller may.</returns>
    public ProblemDetails? Check(AuthenticatedUser caller)
    {
        if (Scope is { } scope && CallerRules.Check(caller, scope) is { } problem)
            return problem;

        return SessionId is { } session ? CallerRules.CheckSession(caller, session) : IsWhole ? CallerRules.CheckWhole(caller) : null;
    }
}
