using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Recado.Client.Stores;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;
using Recado.Server.Storage.Postgres;

namespace Recado.Server.Tests.Storage.Postgres;

public sealed class PostgresEventPollTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Watch_WhenAnotherProcessWritesAnEvent_WakesWithinASecond(bool isPooled)
    {
        var ct = TestContext.Current.CancellationToken;
        var address = await SharedPostgres.CreateDatabaseAsync(isPooled);
        var time = new FakeTimeProvider();
        var user = Guid.NewGuid();
        await using var here = PostgresDatabase.Open(address);
        await using var there = PostgresDatabase.Open(address);
        var signals = new EventSignals();
        await using var poll = new PostgresEventPoll(here, signals, time, NullLogger<PostgresEventPoll>.Instance);
        var cipher = new RecordCipher(["a secret for tests"], RandomSource.System);
        using var watch = new PostgresEventLog(here, cipher, signals, poll).Watch(user);
        var wait = watch.WaitAsync(ct).AsTask();

        var journal = new PostgresSessionJournal(there, cipher, new EventSignals(), time);
        var row = await new PostgresSessionStore(there, time).CreateAsync(user, name: null, limit: 1, ct);
        var owned = await journal.AcquireAsync(row!.Id, ct);
        await journal.CommitAsync(owned!.Lease, DeviceChanges.Empty, [new JournalEntry.Event("test", "{}")], ct);
        var isAsleep = !wait.IsCompleted;
        time.Advance(TimeSpan.FromSeconds(1));
        await wait;

        Assert.True(isAsleep);
    }
}
