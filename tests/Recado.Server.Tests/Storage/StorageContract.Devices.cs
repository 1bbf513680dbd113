using Recado.Client.Stores;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

public abstract partial class StorageContract
{
    [Fact]
    public async Task Device_WhenRecordsWereCommitted_ReadsThemAfterReopening()
    {
        var session = await OwnAsync(Ana);
        var changes = new DeviceChanges()
            .Put(Record(DeviceRecordKind.Credentials, "self", 1, 2, 3))
            .Put(Record(DeviceRecordKind.Session, "5511:0", 4))
            .Put(Record(DeviceRecordKind.Identity, "5511:0", 5));
        await Engine.Journal.CommitAsync(session.Lease, changes, [], Ct);

        await ReopenAsync();

        var device = Engine.Journal.OpenDevice(session.Row.Id);
        Assert.Equal([1, 2, 3], await device.ReadAsync(new(DeviceRecordKind.Credentials, "self"), Ct));
        Assert.Equal([4], await device.ReadAsync(new(DeviceRecordKind.Session, "5511:0"), Ct));
        Assert.Equal([5], await device.ReadAsync(new(DeviceRecordKind.Identity, "5511:0"), Ct));
        Assert.Null(await Engine.Journal.OpenDevice(Guid.NewGuid()).ReadAsync(new(DeviceRecordKind.Session, "5511:0"), Ct));
    }

    [Fact]
    public async Task Device_WhenRecordsAreListed_OrdersThemByIdAndKeepsToThePrefix()
    {
        var session = await OwnAsync(Ana);
        var changes = new DeviceChanges();
        foreach (var id in new[] { "b:2", "a:10", "a:2", "A:1", "a", "a;" })
            changes.Put(Record(DeviceRecordKind.Session, id));
        await Engine.Journal.CommitAsync(session.Lease, changes, [], Ct);
        var device = Engine.Journal.OpenDevice(session.Row.Id);

        var all = await device.ListAsync(DeviceRecordKind.Session, null, Ct);
        var some = await device.ListAsync(DeviceRecordKind.Session, "a:", Ct);

        Assert.Equal(["A:1", "a", "a:10", "a:2", "a;", "b:2"], all.Select(r => r.Key.Id));
        Assert.Equal(["a:10", "a:2"], some.Select(r => r.Key.Id));
    }

    [Fact]
    public async Task Device_WhenARecordExpires_DisappearsAndIsRemovedByUpkeep()
    {
        var session = await OwnAsync(Ana);
        var key = new DeviceRecordKey(DeviceRecordKind.SentMessage, "A");
        await Engine.Journal.CommitAsync(
            session.Lease, new DeviceChanges().Put(new DeviceRecord(key, [1], Time.GetUtcNow().AddDays(7))), [], Ct);
        var device = Engine.Journal.OpenDevice(session.Row.Id);

        var before = await device.ReadAsync(key, Ct);
        Time.Advance(TimeSpan.FromDays(7));
        var after = await device.ReadAsync(key, Ct);
        await Engine.Upkeep.RemoveExpiredAsync(Time.GetUtcNow(), auditBefore: Time.GetUtcNow(), Ct);
        Time.SetUtcNow(Time.GetUtcNow().AddDays(1));

        Assert.Equal([1], before);
        Assert.Null(after);
        Assert.Empty(await device.ListAsync(DeviceRecordKind.SentMessage, null, Ct));
    }

    [Fact]
    public async Task Commit_WhenTheDeviceIsErased_RemovesAllButWhatComesAfter()
    {
        var session = await OwnAsync(Ana);
        await Engine.Journal.CommitAsync(
            session.Lease, new DeviceChanges().Put(Record(DeviceRecordKind.Credentials, "self")).Put(Record(DeviceRecordKind.Session, "1.0")), [], Ct);

        await Engine.Journal.CommitAsync(session.Lease, new DeviceChanges().Erase().Put(Record(DeviceRecordKind.Setting, "kept")), [], Ct);

        var device = Engine.Journal.OpenDevice(session.Row.Id);
        Assert.Null(await device.ReadAsync(new(DeviceRecordKind.Credentials, "self"), Ct));
        Assert.Null(await device.ReadAsync(new(DeviceRecordKind.Session, "1.0"), Ct));
        Assert.NotNull(await device.ReadAsync(new(DeviceRecordKind.Setting, "kept"), Ct));
    }

    [Fact]
    public async Task Commit_WhenARecordIsReplacedAndDeleted_FollowsTheLastWord()
    {
        var session = await OwnAsync(Ana);
        var key = new DeviceRecordKey(DeviceRecordKind.PreKey, "7");
        var device = Engine.Journal.OpenDevice(session.Row.Id);

        await Engine.Journal.CommitAsync(session.Lease, new DeviceChanges().Put(new DeviceRecord(key, [1])), [], Ct);
        await Engine.Journal.CommitAsync(session.Lease, new DeviceChanges().Put(new DeviceRecord(key, [2])), [], Ct);
        var replaced = await device.ReadAsync(key, Ct);
        await Engine.Journal.CommitAsync(session.Lease, new DeviceChanges().Delete(key), [], Ct);

        Assert.Equal([2], replaced);
        Assert.Null(await device.ReadAsync(key, Ct));
    }

    private static DeviceRecord Record(DeviceRecordKind kind, string id, params byte[] data) => new(new(kind, id), data);
}
