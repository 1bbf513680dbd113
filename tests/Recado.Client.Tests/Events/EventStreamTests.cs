using Recado.Client.Events;
using Recado.Client.Stores;

namespace Recado.Client.Tests.Events;

public sealed class EventStreamTests
{
    private readonly List<long> _settled = [];
    private readonly EventStream _stream;
    private long _number;

    public EventStreamTests() =>
        _stream = new(
            capacity: 4,
            steps =>
            {
                _settled.AddRange(steps.Select(step => step.Number));
                return ValueTask.CompletedTask;
            });

    [Fact]
    public async Task ReadAll_WhenTheNextBatchIsAskedFor_SettlesThePrevious()
    {
        var ct = TestContext.Current.CancellationToken;
        _stream.Publish(Step(new CaughtUp(1)));
        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);

        await reader.MoveNextAsync();
        var before = _settled.ToArray();
        _stream.Publish(Step(new CaughtUp(2)));
        await reader.MoveNextAsync();

        Assert.Empty(before);
        Assert.Equal([1], _settled);
        Assert.Equal([new CaughtUp(2)], reader.Current.Events);
    }

    [Fact]
    public async Task ReadAll_WhenTheReaderLeavesInsideABatch_GivesTheSameBatchToTheNext()
    {
        var ct = TestContext.Current.CancellationToken;
        _stream.Publish(Step(new CaughtUp(1)));
        await using (var first = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct))
            await first.MoveNextAsync();
        _stream.Publish(Step(new CaughtUp(2)));

        await using var second = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        await second.MoveNextAsync();

        Assert.Empty(_settled);
        Assert.Equal([new CaughtUp(1)], second.Current.Events);
    }

    [Fact]
    public async Task ReadAll_WhenThereIsAReader_RefusesASecond()
    {
        var ct = TestContext.Current.CancellationToken;
        _stream.Publish(Step(new CaughtUp(1)));
        await using var first = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        await first.MoveNextAsync();

        await using var second = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await second.MoveNextAsync());
    }

    [Fact]
    public async Task ReadAll_WhenAStepHasOnlyConsequences_SettlesItUnseenAndInOrder()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        var moving = reader.MoveNextAsync().AsTask();

        _stream.Publish(Step());
        await _stream.WaitUntilDrainedAsync(ct);
        var settledUnseen = _settled.ToArray();
        _stream.Publish(Step(new CaughtUp(2)));
        await moving;

        Assert.Equal([1], settledUnseen);
        Assert.Equal([new CaughtUp(2)], reader.Current.Events);
    }

    [Fact]
    public async Task ReadAll_WhenAConsequenceFollowsAnUnacknowledgedStep_HoldsItBack()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        _stream.Publish(Step(new CaughtUp(1)));
        await reader.MoveNextAsync();

        _stream.Publish(Step());

        Assert.Empty(_settled);
    }

    [Fact]
    public async Task ReadAll_WhenMoreEventsWaitThanABatchHolds_SplitsBetweenSteps()
    {
        var ct = TestContext.Current.CancellationToken;
        _stream.Publish(Step([.. Enumerable.Repeat(new CaughtUp(1), 200)]));
        _stream.Publish(Step([.. Enumerable.Repeat(new CaughtUp(2), 100)]));
        _stream.Complete();

        var sizes = new List<int>();
        await foreach (var batch in _stream.ReadAllAsync(ct))
            sizes.Add(batch.Events.Count);

        Assert.Equal([200, 100], sizes);
        Assert.Equal([1, 2], _settled);
    }

    [Fact]
    public async Task ReadAll_WhenSeveralStepsWriteOneRecord_KeepsTheLast()
    {
        var ct = TestContext.Current.CancellationToken;
        var key = new DeviceRecordKey(DeviceRecordKind.Setting, "a");
        _stream.Publish(new(1, [], new DeviceChanges().Put(new(key, [1])), [], null));
        _stream.Publish(new(2, [], new DeviceChanges().Put(new(key, [2])), [], null));

        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        await reader.MoveNextAsync();

        Assert.Equal([2], Assert.Single(reader.Current.Changes.Puts).Data);
    }

    [Fact]
    public async Task WaitForRoom_WhenTheReaderTakesABatch_Completes()
    {
        var ct = TestContext.Current.CancellationToken;
        for (var i = 0; i < 4; i++)
            _stream.Publish(Step(new CaughtUp(i)));
        var room = _stream.WaitForRoomAsync(ct).AsTask();
        var wasFull = !room.IsCompleted;

        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        await reader.MoveNextAsync();
        await room;

        Assert.True(wasFull);
    }

    private Publication Step(params ClientEvent[] events) => new(++_number, events, new(), [], null);
}
