namespace Recado.Server.Storage;

/// <summary>
/// Remembers requests by the key that their user gave them, so that each is carried out once. An attempt claims the key, keeps the claim up
/// while it works, and ends by answering or letting go.
/// </summary>
internal interface IIdempotencyStore
{
    /// <summary>Claims the key for an attempt, or says why that cannot be.</summary>
    Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt, TimeSpan patience, TimeSpan lifetime, CancellationToken ct);

    /// <summary>The attempt still works; its claim lasts for <paramref name="patience"/> more.</summary>
    Task KeepAsync(IdempotencyAttempt attempt, TimeSpan patience, CancellationToken ct);

    /// <summary>The attempt has an answer, which every further one gets for <paramref name="lifetime"/>. Nothing happens when another attempt has the claim by now.</summary>
    Task AnswerAsync(IdempotencyAttempt attempt, ReadOnlyMemory<byte> answer, TimeSpan lifetime, CancellationToken ct);

    /// <summary>The attempt ends without an answer to keep.</summary>
    /// <param name="attempt">Nothing happens when another attempt has the claim by now.</param>
    /// <param name="isUndone">
    /// Nothing was done, and the key is free as if it had never been used; otherwise the next attempt goes on under the same message id.
    /// </param>
    /// <param name="ct">Gives up.</param>
    Task ReleaseAsync(IdempotencyAttempt attempt, bool isUndone, CancellationToken ct);
}

/// <summary>One attempt at a request.</summary>
/// <param name="Key">What the user calls the request.</param>
/// <param name="RequestHash">SHA-256 of the request.</param>
/// <param name="Owner">Names the attempt.</param>
/// <param name="MessageId">An id for the message that the request may send; used by the first attempt only, its successors get that one's.</param>
internal sealed record IdempotencyAttempt(Guid UserId, string Key, byte[] RequestHash, Guid Owner, string MessageId);

/// <summary>Result of <see cref="IIdempotencyStore.ClaimAsync"/>.</summary>
internal abstract record IdempotencyClaim
{
    private IdempotencyClaim() { }

    /// <summary>The attempt has the key.</summary>
    /// <param name="MessageId">What to send under; an earlier attempt that did not end may have sent under it already.</param>
    public sealed record Taken(string MessageId) : IdempotencyClaim;

    /// <summary>Another attempt at the same request is at work.</summary>
    public sealed record Running : IdempotencyClaim;

    /// <summary>The key stands for another request.</summary>
    public sealed record Mismatch : IdempotencyClaim;

    /// <summary>The request was carried out.</summary>
    /// <param name="Answer">What was answered, or null when it was encrypted with a key that is gone.</param>
    public sealed record Answered(byte[]? Answer) : IdempotencyClaim;
}
