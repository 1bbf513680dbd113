using System.Text;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15), Day = TimeSpan.FromHours(24);

    [Fact]
    public async Task Claim_WhenTheKeyIsNew_IsTaken()
    {
        var attempt = Attempt("order-1");

        Assert.Equal(new IdempotencyClaim.Taken(attempt.MessageId), await ClaimAsync(attempt));
        Assert.IsType<IdempotencyClaim.Taken>(await ClaimAsync(Attempt("order-2")));
        Assert.IsType<IdempotencyClaim.Taken>(await ClaimAsync(Attempt("order-1", user: Bruno)));
    }

    [Fact]
    public async Task Claim_WhileAnotherAttemptWorks_IsRunning()
    {
        var first = Attempt("order-1");
        await ClaimAsync(first);

        Time.Advance(Patience / 2);
        await Engine.Idempotency.KeepAsync(first, Patience, Ct);
        Time.Advance(Patience / 2);

        Assert.IsType<IdempotencyClaim.Running>(await ClaimAsync(Attempt("order-1")));
    }

    [Fact]
    public async Task Claim_OfManyAtOnce_IsTakenByOne()
    {
        var claims = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => ClaimAsync(Attempt("order-1"))));

        Assert.Single(claims.OfType<IdempotencyClaim.Taken>());
        Assert.Equal(15, claims.OfType<IdempotencyClaim.Running>().Count());
    }

    [Fact]
    public async Task Claim_WhenTheRequestIsAnother_IsAMismatchWhateverBecameOfTheFirst()
    {
        var first = Attempt("order-1");
        var other = Attempt("order-1", request: "another");
        await ClaimAsync(first);

        Assert.IsType<IdempotencyClaim.Mismatch>(await ClaimAsync(other));
        await Engine.Idempotency.ReleaseAsync(first, isUndone: false, Ct);
        Assert.IsType<IdempotencyClaim.Mismatch>(await ClaimAsync(other));
        await ClaimAsync(first);
        await Engine.Idempotency.AnswerAsync(first, "done"u8.ToArray(), Day, Ct);
        Assert.IsType<IdempotencyClaim.Mismatch>(await ClaimAsync(other));
    }

    [Fact]
    public async Task Claim_WhenItWasAnswered_GivesTheAnswerForADayAndOverRestarts()
    {
        var first = Attempt("order-1");
        await ClaimAsync(first);
        await Engine.Idempotency.AnswerAsync(first, "done"u8.ToArray(), Day, Ct);
        await ReopenAsync();

        Assert.Equal("done", Encoding.UTF8.GetString(Assert.IsType<IdempotencyClaim.Answered>(await ClaimAsync(Attempt("order-1"))).Answer!));
        Time.Advance(Day);
        var next = Attempt("order-1", request: "another");
        Assert.Equal(new IdempotencyClaim.Taken(next.MessageId), await ClaimAsync(next));
    }

    [Fact]
    public async Task Claim_WhenTheFirstAttemptDied_IsTakenUnderItsMessageId()
    {
        var first = Attempt("order-1");
        await ClaimAsync(first);
        await ReopenAsync();

        Assert.IsType<IdempotencyClaim.Running>(await ClaimAsync(Attempt("order-1")));
        Time.Advance(Patience);

        Assert.Equal(new IdempotencyClaim.Taken(first.MessageId), await ClaimAsync(Attempt("order-1")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Release_Always_LetsTheNextAttemptIn_UnderTheSameIdUnlessNothingWasDone(bool isUndone)
    {
        var (first, second) = (Attempt("order-1"), Attempt("order-1"));
        await ClaimAsync(first);

        await Engine.Idempotency.ReleaseAsync(first, isUndone, Ct);

        Assert.Equal(new IdempotencyClaim.Taken(isUndone ? second.MessageId : first.MessageId), await ClaimAsync(second));
    }

    [Fact]
    public async Task Answer_OfAnAttemptThatLostItsClaim_IsNotKept()
    {
        var (slow, heir) = (Attempt("order-1"), Attempt("order-1"));
        await ClaimAsync(slow);
        Time.Advance(Patience);
        await ClaimAsync(heir);

        await Engine.Idempotency.AnswerAsync(slow, "late"u8.ToArray(), Day, Ct);
        await Engine.Idempotency.ReleaseAsync(slow, isUndone: true, Ct);

        Assert.IsType<IdempotencyClaim.Running>(await ClaimAsync(Attempt("order-1")));
        await Engine.Idempotency.AnswerAsync(heir, "done"u8.ToArray(), Day, Ct);
        Assert.Equal("done", Encoding.UTF8.GetString(Assert.IsType<IdempotencyClaim.Answered>(await ClaimAsync(Attempt("order-1"))).Answer!));
    }

    [Fact]
    public async Task Upkeep_WhenADayHasNotPassed_LeavesTheKey()
    {
        var (first, second) = (Attempt("order-1"), Attempt("order-2"));
        await ClaimAsync(first);
        await Engine.Idempotency.AnswerAsync(first, "done"u8.ToArray(), Day, Ct);
        Time.Advance(Day / 2);
        await ClaimAsync(second);
        await Engine.Idempotency.AnswerAsync(second, "done"u8.ToArray(), Day, Ct);
        Time.Advance(Day / 2);

        await Engine.Upkeep.RemoveExpiredAsync(Time.GetUtcNow(), auditBefore: Time.GetUtcNow(), Ct);

        Assert.IsType<IdempotencyClaim.Taken>(await ClaimAsync(Attempt("order-1")));
        Assert.IsType<IdempotencyClaim.Answered>(await ClaimAsync(Attempt("order-2")));
    }

    private Task<IdempotencyClaim> ClaimAsync(IdempotencyAttempt attempt) => Engine.Idempotency.ClaimAsync(attempt, Patience, Day, Ct);

    private static IdempotencyAttempt Attempt(string key, string request = "the request", Guid? user = null) => new(
        user ?? Ana, key, System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(request)), Guid.NewGuid(), $"3EB0{Guid.NewGuid():N}");
}
