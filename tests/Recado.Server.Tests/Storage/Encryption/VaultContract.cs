using Microsoft.Extensions.Time.Testing;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Tests.Storage.Encryption;

/// <summary>What rotation does on every engine, beside the server's own connection to the same database.</summary>
public abstract class VaultContract : IAsyncLifetime
{
    private const string Old = "an old secret for tests", Newest = "the newest secret for tests";
    private const int Records = 450; // several pages

    private static readonly byte[] Credentials = [.. "{}"u8];

    private readonly RecordCipher _before = new([Old], RandomSource.System), _both = new([Newest, Old], RandomSource.System), _after = new([Newest], RandomSource.System);

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    private protected abstract ISessionStore Sessions { get; }

    private protected abstract ISessionJournal Journal(RecordCipher cipher);

    private protected abstract IMediaStore Media(RecordCipher cipher);

    /// <summary>A connection beside the server's.</summary>
    private protected abstract IVault OpenVault();

    [Fact]
    public async Task Rotate_WhenEverythingIsUnderTheOldKey_NeedsTheNewOneAlone()
    {
        var lease = await WriteAsync();

        var (result, console) = await RotateAsync(_both);

        var device = Journal(_after).OpenDevice(lease.SessionId);
        Assert.True(result.IsComplete);
        Assert.Equal(Records + 2, result.Replaced);
        Assert.Equal([_after.CurrentKeyId], result.Last.ByKey.Keys);
        Assert.Equal(Credentials, await device.ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct));
        Assert.Equal(Records, (await device.ListAsync(DeviceRecordKind.PreKey, idPrefix: null, Ct)).Count);
        Assert.Equal([7], Assert.Single(await Media(_after).ListPendingAsync(lease.SessionId, limit: 10, Ct)).Reference);
        Assert.Contains("device records: 450 read, 450 encrypted anew", console, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_WhenDoneAlready_ChangesNothing()
    {
        await WriteAsync();
        await RotateAsync(_both);

        var (result, _) = await RotateAsync(_both);

        Assert.Equal((true, 0L), (result.IsComplete, result.Replaced));
    }

    [Fact]
    public async Task Rotate_WhenStoppedHalfWay_GoesOnWhereItWas()
    {
        await WriteAsync();
        await using var dying = new Interrupted(OpenVault()) { BeforeReplace = count => count == 3 ? throw new OperationCanceledException() : Task.CompletedTask };
        await Assert.ThrowsAsync<OperationCanceledException>(() => new KeyRotation(dying, _both, TextWriter.Null, Time).RunAsync(Ct));

        var (result, _) = await RotateAsync(_both);

        Assert.True(result.IsComplete);
        Assert.Equal(Records - 200 + 1, result.Replaced);
    }

    [Fact]
    public async Task Rotate_WhenTheSessionWritesInBetween_LeavesWhatItWrote()
    {
        var lease = await WriteAsync();
        await using var vault = new Interrupted(OpenVault())
        {
            BeforeReplace = async count =>
            {
                if (count == 2) // the first page of device records is read and not yet replaced
                    Assert.True(await Journal(_before).CommitAsync(lease, Changes(value: 99), [], Ct));
            },
        };

        var result = await new KeyRotation(vault, _both, TextWriter.Null, Time).RunAsync(Ct);

        var records = await Journal(_after).OpenDevice(lease.SessionId).ListAsync(DeviceRecordKind.PreKey, idPrefix: null, Ct);
        Assert.True(result.IsComplete);
        Assert.Equal(Records, records.Count);
        Assert.All(records, record => Assert.Equal([99], record.Data));
    }

    [Fact]
    public async Task Rotate_WhenAKeyIsNotGiven_LeavesItsRowsAndSaysSo()
    {
        var lease = await WriteAsync();

        var (result, _) = await RotateAsync(_after);

        Assert.Equal((false, 0L, Records + 2L), (result.IsComplete, result.Replaced, result.Last.Unknown));
        Assert.Equal(Records, (await Journal(_before).OpenDevice(lease.SessionId).ListAsync(DeviceRecordKind.PreKey, idPrefix: null, Ct)).Count);
    }

    [Fact]
    public async Task Rotate_WhenAValueWasMovedToAnotherRow_LeavesItAndSaysSo()
    {
        var (lease, other) = (await WriteAsync(), await WriteAsync());
        await using (var vault = OpenVault())
        {
            var credentials = await vault.ReadAsync(SealedColumn.All[0], after: null, limit: 10, isClearWanted: false, Ct);
            var mine = credentials.Single(c => c.Place.SessionId == lease.SessionId);
            await vault.ReplaceAsync(SealedColumn.All[0], [new Resealed(credentials.Single(c => c.Place.SessionId == other.SessionId), mine.Data!)], Ct);
        }

        var (result, _) = await RotateAsync(_both);

        Assert.False(result.IsComplete);
        Assert.Contains(other.SessionId.ToString(), Assert.Single(result.Last.Damaged), StringComparison.Ordinal);
        Assert.Equal(Credentials, await Journal(_after).OpenDevice(lease.SessionId).ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct));
        await Assert.ThrowsAsync<StorageException>(
            async () => await Journal(_both).OpenDevice(other.SessionId).ReadAsync(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Ct));
    }

    [Fact]
    public async Task Survey_WhenKeysAreMixed_CountsTheRowsOfEach()
    {
        await WriteAsync();
        var lease = await WriteAsync();
        Assert.True(await Journal(_both).CommitAsync(lease, Changes(value: 1), [], Ct));
        await using var vault = OpenVault();
        var (whole, half) = (new VaultSurvey(vault, _both), new VaultSurvey(vault, _after));

        await whole.RunAsync(Ct);
        await half.RunAsync(Ct);

        Assert.Equal((Records + 2) * 2, whole.Read);
        Assert.Empty(whole.Faults);
        Assert.Equal(Records, whole.Counts[(_before.CurrentKeyId, "device records")]);
        Assert.Equal(Records, whole.Counts[(_after.CurrentKeyId, "device records")]);
        Assert.Equal((Records + 4, Records + 4), (half.Unreadable, half.Unknown));
        Assert.NotEmpty(half.Faults);
    }

    /// <summary>A session with credentials, device records and a file to fetch, all under the old key.</summary>
    private async Task<SessionLease> WriteAsync()
    {
        var row = (await Sessions.CreateAsync(Guid.NewGuid(), name: null, limit: 9, Ct))!;
        var lease = (await Journal(_before).AcquireAsync(row.Id, Ct))!.Lease;
        var changes = Changes(value: 0).Put(new DeviceRecord(new DeviceRecordKey(DeviceRecordKind.Credentials, ""), Credentials));
        var file = new MediaRow(Guid.NewGuid(), row.UserId, row.Id, MediaStatuses.Pending, "image/png", 1, "00");
        var message = new JournalEntry.Message(Message(row), Then: null, new PendingMedia(file, MessageDirections.Received, "A", [7]));
        Assert.True(await Journal(_before).CommitAsync(lease, changes, [message], Ct));
        return lease;
    }

    private static DeviceChanges Changes(byte value)
    {
        var changes = new DeviceChanges();
        for (var i = 0; i < Records; i++)
            changes.Put(new DeviceRecord(new DeviceRecordKey(DeviceRecordKind.PreKey, $"{i}"), [value]));
        return changes;
    }

    private protected MessageRow Message(SessionRow session) => new()
    {
        Id = Guid.CreateVersion7(Time.GetUtcNow()),
        UserId = session.UserId,
        SessionId = session.Id,
        Direction = MessageDirections.Received,
        Content = System.Text.Json.JsonSerializer.SerializeToElement(new { type = "text", text = "hello" }),
        Status = MessageStatuses.Received,
        Timestamp = Time.GetUtcNow(),
        WhatsAppId = "A",
        Chat = "5511@s.whatsapp.net",
        Sender = "5511@s.whatsapp.net",
        Origin = "live",
    };

    private async Task<(RotationResult Result, string Console)> RotateAsync(RecordCipher cipher)
    {
        var console = new StringWriter();
        await using var vault = OpenVault();
        return (await new KeyRotation(vault, cipher, console, Time).RunAsync(Ct), console.ToString());
    }

    /// <summary>Lets something happen between a read and the replacement that follows.</summary>
    private sealed class Interrupted(IVault inner) : IVault
    {
        private int _replacements;

        public required Func<int, Task> BeforeReplace { get; init; }

        public Task<IReadOnlyList<SealedValue>> ReadAsync(
            SealedColumn column, IReadOnlyList<string>? after, int limit, bool isClearWanted, CancellationToken ct) =>
            inner.ReadAsync(column, after, limit, isClearWanted, ct);

        public async Task<int> ReplaceAsync(SealedColumn column, IReadOnlyList<Resealed> changes, CancellationToken ct)
        {
            await BeforeReplace(++_replacements);
            return await inner.ReplaceAsync(column, changes, ct);
        }

        public Task<StorageHealth> ExamineAsync(CancellationToken ct) => inner.ExamineAsync(ct);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
