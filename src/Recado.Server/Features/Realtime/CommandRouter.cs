using System.Diagnostics;
using Recado.Server.Features.Audit;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Features.People;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Realtime;

/// <summary>Who sends commands, and from where.</summary>
internal sealed record CommandSource(AuthenticatedUser Caller, CallerOrigin Origin);

/// <summary>Carries out the commands about sessions and messages, for those who may, and enters what belongs there into the audit log.</summary>
internal sealed class CommandRouter(OwnedSessions sessions, OutgoingMessages sender, PeopleCommands people, AuditTrail trail, ILogger<CommandRouter> logger)
{
    /// <returns>The answer, or null when events are the answer.</returns>
    public async Task<ServerFrame?> RouteAsync(ClientCommand command, CommandSource source, EventRenderer events, CancellationToken ct)
    {
        var rules = CommandRules.Of(command);
        var note = new AuditNote { SessionId = rules.SessionId };
        var answer = rules.Check(source.Caller) is { } refusal
            ? ServerFrame.Error.Of(refusal, command.RequestId)
            : await CarryOutAsync(command, source.Caller, events, note, ct);
        if (rules.Action is { } action)
            trail.Add(source.Caller, source.Origin, action, note.SessionId, note.Target, answer is ServerFrame.Error error ? error.Code : AuditRow.Done);

        return answer;
    }

    private async Task<ServerFrame?> CarryOutAsync(ClientCommand command, AuthenticatedUser caller, EventRenderer events, AuditNote note, CancellationToken ct)
    {
        try
        {
            return command switch
            {
                ClientCommand.CreateSession create => await CreateAsync(create, caller.Id, events, note, ct),
                ClientCommand.SendMessage send => await SendAsync(send, caller, ct),
                ClientCommand.Presence presence => await SetPresenceAsync(presence, caller.Id, ct),
                ClientCommand.Typing typing => await TypeAsync(typing, caller.Id, ct),
                ClientCommand.DisconnectSession disconnect => await DisconnectAsync(disconnect, caller.Id, ct),
                _ => throw new UnreachableException($"Unknown command {command.GetType().Name}."),
            };
        }
        catch (Exception cause) when (!ct.IsCancellationRequested)
        {
            var problem = ApiExceptionHandler.ToProblem(cause);
            logger.CommandFailed(cause, command.GetType().Name);
            return ServerFrame.Error.Of(problem, command.RequestId);
        }
    }

    private async Task<ServerFrame?> CreateAsync(
        ClientCommand.CreateSession command, Guid userId, EventRenderer events, AuditNote note, CancellationToken ct)
    {
        var added = await sessions.AddAsync(userId, command.Name, command.PhoneNumber, ct);
        if (!added.IsGiven)
            return ServerFrame.Error.Of(added.Problem, command.RequestId);

        note.SessionId = added.Value.Id;
        if (command.RequestId is { } requestId)
            events.Answers(added.Value.Id, requestId); // before the first event can be there

        var connected = await sessions.ConnectAsync(userId, added.Value.Id, ct);
        return connected.IsGiven ? null : ServerFrame.Error.Of(connected.Problem, command.RequestId);
    }

    private async Task<ServerFrame> SendAsync(ClientCommand.SendMessage command, AuthenticatedUser caller, CancellationToken ct)
    {
        var answer = await sender.SendAsync(caller, SessionId(command.SessionId), command.Message, messageId: null, ct);
        return answer.IsGiven
            ? new ServerFrame.MessageSent(true, SessionId(command.SessionId), answer.Value.MessageId, answer.Value.Status, answer.Value.Timestamp) { RequestId = command.RequestId }
            : ServerFrame.Error.Of(answer.Problem, command.RequestId);
    }

    private async Task<ServerFrame> SetPresenceAsync(ClientCommand.Presence command, Guid userId, CancellationToken ct)
    {
        var answer = await people.SetPresenceAsync(userId, SessionId(command.SessionId), command.State, ct);
        return answer.IsGiven
            ? new ServerFrame.PresenceSet(SessionId(command.SessionId), command.State!) { RequestId = command.RequestId }
            : ServerFrame.Error.Of(answer.Problem, command.RequestId);
    }

    private async Task<ServerFrame> TypeAsync(ClientCommand.Typing command, Guid userId, CancellationToken ct)
    {
        var answer = await people.TypeAsync(userId, SessionId(command.SessionId), command.Chat, command.State, command.Seconds, ct);
        return answer.IsGiven
            ? new ServerFrame.TypingSet(SessionId(command.SessionId), command.Chat!, command.State!) { RequestId = command.RequestId }
            : ServerFrame.Error.Of(answer.Problem, command.RequestId);
    }

    private async Task<ServerFrame> DisconnectAsync(ClientCommand.DisconnectSession command, Guid userId, CancellationToken ct)
    {
        var answer = await sessions.DisconnectAsync(userId, SessionId(command.SessionId), ct);
        return answer.IsGiven
            ? new ServerFrame.SessionDisconnected(answer.Value.Id) { RequestId = command.RequestId }
            : ServerFrame.Error.Of(answer.Problem, command.RequestId);
    }

    /// <summary>Text that is no id is the id of no session.</summary>
    private static Guid SessionId(string? text) => Guid.TryParse(text, out var id) ? id : Guid.Empty;
}
