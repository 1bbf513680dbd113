using Microsoft.Extensions.Time.Testing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Tests.Sending;

public sealed class OutboxTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void NextKey_WhenTheClockWasSetBackBeforeARestart_SortsBehindWhatWasLeft()
    {
        var left = new Outbox(new FakeTimeProvider(Noon)).NextKey("FIRST");
        var stanza = new Node("message", [("id", "FIRST"), ("to", new Jid("5511900000001", JidServer.PhoneNumber))]);
        var outbox = new Outbox(new FakeTimeProvider(Noon - TimeSpan.FromHours(1)));
        outbox.Load([new DeviceRecord(left, NodeCodec.Encode(stanza))]);

        var next = outbox.NextKey("SECOND");

        Assert.True(string.CompareOrdinal(next.Id, left.Id) > 0);
    }
}
