using System.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>What users do with their sessions, through either door. Nothing reaches a session that the user does not own.</summary>
internal sealed class OwnedSessions(ISessionStore sessions, IGrainFactory grains, RecadoSettings settings)
{
    public const int LongestName = 100;
    public const string NameIsTooLong = "'name' may have 100 characters at most.";

    /// <summary>Adds a session's row. Nothing runs before <see cref="ConnectAsync"/>.</summary>
    public async Task<Answer<SessionRow>> AddAsync(Guid userId, string? name, string? phoneNumber, CancellationToken ct)
    {
        if (name?.Length > LongestName)
            return Problems.InvalidField("name", NameIsTooLong);

        if (phoneNumber is not null)
        {
            return Problems.InvalidField(
                "phoneNumber", "Pairing by code is not available; leave 'phoneNumber' out and scan the QR code.", "pairing_code_not_available");
        }

        if (await sessions.CreateAsync(userId, string.IsNullOrWhiteSpace(name) ? null : name.Trim(), settings.MaxSessionsPerUser, ct) is { } row)
            return row;

        return LimitReached();
    }

    public async Task<Answer<SessionRow>> FindAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        await sessions.FindAsync(userId, sessionId, ct) is { } row ? row : Problems.NoSuchSession();

    /// <summary>Changes what the user decides about a session. What the request does not mention stays.</summary>
    public async Task<Answer<SessionRow>> ChangeAsync(Guid userId, Guid sessionId, ChangeSessionRequest request, CancellationToken ct) =>
        await sessions.ChangeAsync(userId, sessionId, request.ApplyTo, ct) is { } row ? row : Problems.NoSuchSession();

    public async Task<Answer<SessionStatus>> StatusAsync(Guid userId, Guid sessionId, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, ct);
        return found.IsGiven ? await grains.Session(sessionId).GetStatusAsync(ct) : found.Problem;
    }

    public Task<Answer<SessionRow>> ConnectAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        CommandAsync(userId, sessionId, grain => grain.ConnectAsync(ct), ct);

    // A session that was told to end does, even if the caller does not wait for it: half an end would let it come back.

    public Task<Answer<SessionRow>> DisconnectAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        CommandAsync(userId, sessionId, grain => grain.DisconnectAsync(CancellationToken.None), ct);

    public Task<Answer<SessionRow>> LogoutAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        CommandAsync(userId, sessionId, grain => grain.LogoutAsync(CancellationToken.None), ct);

    public Task<Answer<SessionRow>> PurgeAsync(Guid userId, Guid sessionId, CancellationToken ct) =>
        CommandAsync(userId, sessionId, grain => grain.PurgeAsync(CancellationToken.None), ct);

    /// <summary>Lets the client of the user's session carry out a request.</summary>
    /// <param name="explain">The problem that WhatsApp's code means for this request; null for what is said of any request.</param>
    public async Task<Answer<T>> AskAsync<T>(
        Guid userId, Guid sessionId, ClientRequest<T> request, CancellationToken ct, Func<int, ProblemDetails?>? explain = null)
        where T : class
    {
        var found = await FindAsync(userId, sessionId, ct);
        if (!found.IsGiven)
            return found.Problem;

        return await grains.Session(sessionId).AskAsync(request, ct) switch
        {
            ClientOutcome<T>.Given given => given.Value,
            ClientOutcome<T>.NotFound => Problems.NoSuchSession(),
            ClientOutcome<T>.NotConnected down => Problems.SessionNotConnected(down.Status),
            ClientOutcome<T>.Refused refused => explain?.Invoke(refused.Code) ?? Problems.RefusedByWhatsApp(refused.Code, "the request"),
            ClientOutcome<T>.NoAnswer => Problems.Details(
                StatusCodes.Status504GatewayTimeout, ErrorCodes.NoAnswer, "WhatsApp has not answered in time. Look whether it was done before trying again."),
            var outcome => throw new UnreachableException($"Unknown outcome {outcome.GetType().Name}."),
        };
    }

    /// <returns>The row as it was before the command.</returns>
    private async Task<Answer<SessionRow>> CommandAsync(
        Guid userId, Guid sessionId, Func<ISessionGrain, Task<SessionOutcome>> command, CancellationToken ct)
    {
        var found = await FindAsync(userId, sessionId, ct);
        if (!found.IsGiven)
            return found;

        return await command(grains.Session(sessionId)) switch
        {
            SessionOutcome.Done => found,
            SessionOutcome.NotFound => Problems.NoSuchSession(),
            SessionOutcome.NotConnected => Problems.SessionNotConnected(found.Value.Status),
            SessionOutcome.LimitReached => LimitReached(),
            SessionOutcome.Unavailable => Problems.Details(
                StatusCodes.Status503ServiceUnavailable, "session_unavailable", "The session cannot be opened; its status says why."),
            SessionOutcome.Stopping => Problems.Stopping(),
            var outcome => throw new UnreachableException($"Unknown outcome {outcome}."),
        };
    }

    private ProblemDetails LimitReached() => Problems.Details(
        StatusCodes.Status409Conflict, "session_limit_reached",
        $"You already run {settings.MaxSessionsPerUser} sessions, which is the limit (WHATSAPP_MAX_SESSIONS_PER_USER). Disconnect one first.");
}
