using Microsoft.AspNetCore.Mvc;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Server.Features.Auth;
using Recado.Server.Features.Errors;
using Recado.Server.Storage;

namespace Recado.Server.Features.Idempotency;

/// <summary>
/// Carries out each POST that names itself by an <c>Idempotency-Key</c> once, and gives its answer to every repeat. What is remembered is that
/// something was done: a request that was refused leaves its key free. An attempt of which nobody knows how far it came, because the process ended
/// or a service did not answer, is repeated under the same message id, so that what it sent is found and not sent again.
/// </summary>
internal sealed class IdempotencyMiddleware(
    RequestDelegate next, IIdempotencyStore store, IdempotencyOptions options, IRandomSource random, TimeProvider time, ILogger<IdempotencyMiddleware> logger)
{
    private const int InMemory = 64 * 1024;
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    public async Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsPost(request.Method) || !request.Headers.TryGetValue(IdempotencyKey.Header, out var keys) || context.GetEndpoint() is null
            || context.User.Identity is not { IsAuthenticated: true } || !request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
        {
            await next(context);
            return;
        }

        if (keys is not [{ } key] || !IdempotencyKey.IsValid(key))
        {
            await RefuseAsync(context, Problems.InvalidField(
                IdempotencyKey.Header, $"The header '{IdempotencyKey.Header}' must be 1 to {IdempotencyKey.Longest} visible ASCII characters, once.", "invalid_idempotency_key"));
            return;
        }

        request.EnableBuffering(InMemory); // how much it may be in all, the endpoint has said already
        var hash = await RequestHash.ComputeAsync(request, context.RequestAborted);
        var attempt = new IdempotencyAttempt(
            context.User.Id(), key, hash, Guid.NewGuid(), MessageId.Create(time.GetUtcNow(), ownPhoneUser: null, random));
        switch (await ClaimAsync(attempt, context.RequestAborted))
        {
            case IdempotencyClaim.Taken taken:
                context.ReserveMessageId(taken.MessageId);
                await CarryOutAsync(context, attempt);
                break;
            case IdempotencyClaim.Answered { Answer: { } answer } when KeptAnswer.Parse(answer) is { Body: not null } kept:
                await kept.WriteToAsync(context.Response, context.RequestAborted);
                break;
            case IdempotencyClaim.Answered:
                await RefuseAsync(context, Problems.Details(
                    StatusCodes.Status409Conflict, "answer_not_kept", "The request was carried out, but its answer could not be kept. Read what it made instead."));
                break;
            case IdempotencyClaim.Mismatch:
                await RefuseAsync(context, Problems.Details(
                    StatusCodes.Status422UnprocessableEntity, "idempotency_key_reused",
                    "This key stands for another request: its address or body differs. Give each request a key of its own."));
                break;
            default:
                await RefuseAsync(context, Problems.Details(
                    StatusCodes.Status409Conflict, "request_in_progress", "The first request with this key is still being carried out. Repeat this one in a while.")
                    .WithRetryAfter(options.Claim));
                break;
        }
    }

    private static bool IsShownOnce(HttpContext context) => context.GetEndpoint()!.Metadata.GetMetadata<AnswerNotKept>() is not null;

    private static Task RefuseAsync(HttpContext context, ProblemDetails problem) => problem.ToResult().ExecuteAsync(context);

    /// <summary>Waits for an attempt that is at work, but not for ever.</summary>
    private async Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt, CancellationToken ct)
    {
        var end = time.GetUtcNow() + options.Wait;
        for (var look = options.Look; ; look = look * 2 < LongestLook ? look * 2 : LongestLook)
        {
            var claim = await store.ClaimAsync(attempt, options.Claim, options.Lifetime, ct);
            if (claim is not IdempotencyClaim.Running || time.GetUtcNow() >= end)
                return claim;

            await Task.Delay(look, time, ct);
        }
    }

    private async Task CarryOutAsync(HttpContext context, IdempotencyAttempt attempt)
    {
        using var over = new CancellationTokenSource();
        var keeping = KeepAsync(attempt, over.Token);
        var body = context.Response.Body;
        await using var held = new HeldAnswer(body, options.LongestBody);
        context.Response.Body = held;
        try
        {
            await next(context);
        }
        catch (Exception e)
        {
            context.Response.Body = body;
            await EndKeepingAsync();
            await EndAsync(attempt, () => store.ReleaseAsync(attempt, isUndone: e is BadHttpRequestException, CancellationToken.None));
            throw;
        }

        context.Response.Body = body;
        await EndKeepingAsync();
        await EndAsync(attempt, () => context.Response.StatusCode switch
        {
            < 300 => store.AnswerAsync(
                attempt, KeptAnswer.Of(context.Response, held.HasLeft || IsShownOnce(context) ? null : held.ToArray()).Serialize(), options.Lifetime, CancellationToken.None),
            < 500 or StatusCodes.Status502BadGateway => store.ReleaseAsync(attempt, isUndone: true, CancellationToken.None), // refused, by us or by WhatsApp
            _ => store.ReleaseAsync(attempt, isUndone: false, CancellationToken.None), // nobody knows
        });
        if (!held.HasLeft)
            await held.ReleaseAsync(context.RequestAborted);

        async Task EndKeepingAsync()
        {
            await over.CancelAsync();
            await keeping;
        }
    }

    /// <summary>Says that the attempt is alive until it is over.</summary>
    private async Task KeepAsync(IdempotencyAttempt attempt, CancellationToken over)
    {
        using var timer = new PeriodicTimer(options.Claim / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(over))
                await EndAsync(attempt, () => store.KeepAsync(attempt, options.Claim, CancellationToken.None));
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // It is over.
        }
    }

    /// <summary>What was done was done, even if it cannot be noted down.</summary>
    private async Task EndAsync(IdempotencyAttempt attempt, Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (StorageException e)
        {
            logger.NotNoted(e, attempt.UserId);
        }
    }
}

/// <summary>Requests with a key, ids 4130-4139.</summary>
internal static partial class IdempotencyLog
{
    [LoggerMessage(4130, LogLevel.Warning, "What became of a request of user {UserId} could not be noted under its Idempotency-Key")]
    public static partial void NotNoted(this ILogger logger, Exception cause, Guid userId);
}
