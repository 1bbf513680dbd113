using Microsoft.Extensions.Time.Testing;
using Recado.Client.Connection;
using Recado.Protocol.Binary;

namespace Recado.Client.Tests.Connection;

public sealed class IqTableTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(75);

    private readonly FakeTimeProvider _time = new();
    private readonly IqTable _iqs;

    public IqTableTests() => _iqs = new(_time);

    [Fact]
    public async Task Request_WhenAnswered_ReturnsTheAnswer()
    {
        var answer = new Node("iq", [("id", "1"), ("type", "result")]);
        var request = AskAsync("1");

        var taken = _iqs.TryComplete("1", answer);

        Assert.True(taken);
        Assert.Same(answer, await request);
    }

    [Fact]
    public async Task Request_WhenRefused_ThrowsWithTheCode()
    {
        var request = AskAsync("1");

        _iqs.TryComplete(
            "1",
            new Node("iq", [("id", "1"), ("type", "error")], new Node("error", [("code", "429"), ("text", "rate-overlimit")])));

        var refusal = await Assert.ThrowsAsync<RequestRefusedException>(() => request);
        Assert.Equal((429, true), (refusal.Code, refusal.IsTransient));
    }

    [Fact]
    public async Task Request_WhenTheTimeIsUp_Throws()
    {
        var request = AskAsync("1");

        _time.Advance(Limit);

        await Assert.ThrowsAsync<RequestTimeoutException>(() => request);
        Assert.False(_iqs.TryComplete("1", new Node("iq")));
    }

    [Fact]
    public async Task End_WhileSomebodyWaits_ReleasesThemAndWhoeverComesLater()
    {
        var request = AskAsync("1");

        _iqs.End(new ConnectionException("gone"));

        await Assert.ThrowsAsync<ConnectionException>(() => request);
        await Assert.ThrowsAsync<ConnectionException>(() => AskAsync("2"));
    }

    [Fact]
    public void TryComplete_WhenNobodyWaits_IsFalse() => Assert.False(_iqs.TryComplete("1", new Node("iq")));

    private Task<Node> AskAsync(string id) =>
        _iqs.RequestAsync(id, _ => ValueTask.CompletedTask, Limit, TestContext.Current.CancellationToken);
}
