using Recado.Client.Events;
using Recado.Client.Stores;

namespace Recado.Client.Tests.Stores;

public sealed class DeviceStateTests
{
    private static readonly DeviceRecordKey Key = new(DeviceRecordKind.Session, "1:0");

    private readonly InMemoryDeviceStore _store = new();
    private readonly EventStream _stream;
    private readonly DeviceState _state;

    public DeviceStateTests()
    {
        _stream = new(capacity: 16, SettleAsync);
        _state = new(_store, _stream);
    }

    [Fact]
    public async Task Read_WhenPublishedButNotAcknowledged_SeesTheNewRecordThatTheStoreLacks()
    {
        var ct = TestContext.Current.CancellationToken;
        await PutAsync(Key, [1]);

        var seen = (await _state.ReadAsync(Key, ct)).Data;
        var stored = await _store.ReadAsync(Key, ct);

        Assert.Equal([1], seen);
        Assert.Null(stored);
    }

    [Fact]
    public async Task Dispose_WhenNotPublished_ChangesNothing()
    {
        var ct = TestContext.Current.CancellationToken;
        using (var device = await _state.BeginAsync(ct))
            device.Put(Key, [1]);

        Assert.Null((await _state.ReadAsync(Key, ct)).Data);
    }

    [Fact]
    public async Task Read_WhenAnEarlierStepIsAcknowledgedAfterALaterOne_KeepsTheLater()
    {
        var ct = TestContext.Current.CancellationToken;
        await PutAsync(Key, [1]);
        await using var reader = _stream.ReadAllAsync(ct).GetAsyncEnumerator(ct);
        await reader.MoveNextAsync();
        await PutAsync(Key, [2]);

        await _store.CommitAsync(reader.Current.Changes, ct);
        await reader.MoveNextAsync();

        Assert.Equal([2], (await _state.ReadAsync(Key, ct)).Data);
    }

    [Fact]
    public async Task List_WhenRecordsArePutAndDeleted_OverlaysTheStoreInOrder()
    {
        var ct = TestContext.Current.CancellationToken;
        await _store.CommitAsync(
            new DeviceChanges().Put(new(new(DeviceRecordKind.Session, "1:2"), [2])).Put(new(new(DeviceRecordKind.Session, "1:3"), [3])),
            ct);
        using (var device = await _state.BeginAsync(ct))
        {
            device.Put(new(DeviceRecordKind.Session, "1:1"), [1]);
            device.Delete(new(DeviceRecordKind.Session, "1:3"));
            device.Put(new(DeviceRecordKind.Session, "2:0"), [9]);
            device.Publish();
        }

        var listed = await _state.ListAsync(DeviceRecordKind.Session, "1:", ct);

        Assert.Equal(["1:1", "1:2"], listed.Select(record => record.Key.Id));
    }

    [Fact]
    public async Task Read_WhenAnErasureIsUnderWay_SeesNothingOfTheStore()
    {
        var ct = TestContext.Current.CancellationToken;
        await _store.CommitAsync(new DeviceChanges().Put(new(Key, [1])), ct);
        using (var device = await _state.BeginAsync(ct))
        {
            device.Changes.Erase();
            device.Publish();
        }

        Assert.Null((await _state.ReadAsync(Key, ct)).Data);
        Assert.Empty(await _state.ListAsync(DeviceRecordKind.Session, null, ct));
    }

    [Fact]
    public async Task Read_WhenTheStoreFails_SaysSo()
    {
        var ct = TestContext.Current.CancellationToken;
        var state = new DeviceState(new BrokenStore(), _stream);

        var failure = await Assert.ThrowsAsync<StoreException>(async () => await state.ReadAsync(Key, ct));

        Assert.Contains("disk", failure.Message, StringComparison.Ordinal);
    }

    private async Task PutAsync(DeviceRecordKey key, byte[] data)
    {
        using var device = await _state.BeginAsync(TestContext.Current.CancellationToken);
        device.Put(key, data);
        device.Publish();
    }

    private ValueTask SettleAsync(IReadOnlyList<Publication> steps)
    {
        _state.MarkSaved(steps);
        return ValueTask.CompletedTask;
    }

    private sealed class BrokenStore : IDeviceStore
    {
        public ValueTask<byte[]?> ReadAsync(DeviceRecordKey key, CancellationToken ct) => throw new IOException("The disk is full.");

        public ValueTask<IReadOnlyList<DeviceRecord>> ListAsync(DeviceRecordKind kind, string? idPrefix, CancellationToken ct) =>
            throw new IOException("The disk is full.");

        public ValueTask CommitAsync(DeviceChanges changes, CancellationToken ct) => throw new IOException("The disk is full.");
    }
}
