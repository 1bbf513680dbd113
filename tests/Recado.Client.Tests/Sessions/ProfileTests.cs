using Recado.Client.Events;
using Recado.Client.Profile;
using Recado.Simulator;
using Recado.Simulator.Faults;

namespace Recado.Client.Tests.Sessions;

/// <summary>The account's own name, texts, picture and settings.</summary>
public sealed class ProfileTests : IAsyncLifetime
{
    private const string OwnNumber = "5511900000001";

    private static readonly byte[] Jpeg =
        [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0x02, 0x80, 0x02, 0x80, 1, 1, 0x11, 0, 0xFF, 0xD9]; // 640 × 640, and nothing in it

    private SimulatedService _service = null!;
    private SimulatedPhone _ana = null!;
    private SimulatedPhone _bruno = null!;
    private TestSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ProfileClient Profile => _session.Client.Profile;

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _ana = _service.AddPhone(OwnNumber, "Ana");
        _bruno = _service.AddPhone("5511900000002", "Bruno");
        _session = await TestSession.PairAsync(_service, _ana, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task Name_IsLearntAtTheLoginAndCanBeSet()
    {
        var learnt = await Profile.GetNameAsync(Ct);
        await Profile.SetNameAsync("Ana of Flowers", Ct);
        var changed = await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name != "Ana");

        Assert.Equal(("Ana", "Ana of Flowers"), (learnt, await Profile.GetNameAsync(Ct)));
        Assert.Equal(_ana.Lid, changed.User);
        Assert.Equal("Ana of Flowers", _ana.Name);
        await Assert.ThrowsAsync<ArgumentException>(() => Profile.SetNameAsync("a name that is longer than others", Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task About_WhenSet_IsShown(int refusedGraphQueries)
    {
        if (refusedGraphQueries > 0)
            _service.Faults.Add(new Fault(FaultKind.RefuseIq, refusedGraphQueries, Code: 501, Xmlns: "w:mex"));

        await Profile.SetAboutAsync("Busy \"again\" ☕", Ct);

        Assert.Equal("Busy \"again\" ☕", _ana.About);
        Assert.Equal("Busy \"again\" ☕", (await _session.Client.Contacts.GetInfoAsync(_ana.Jid, Ct))!.About!.Text);
    }

    [Fact]
    public async Task Picture_WhenSetAndRemoved_IsShownAndGone()
    {
        var id = await Profile.SetPictureAsync(Jpeg, Ct);
        var shown = _ana.Picture;
        await Profile.RemovePictureAsync(Ct);

        Assert.NotNull(id);
        Assert.Equal(Jpeg, shown!.Value.ToArray());
        Assert.Null(_ana.Picture);
        Assert.Equal(406, (await Assert.ThrowsAsync<RequestRefusedException>(() => Profile.SetPictureAsync([1, 2, 3], Ct))).Code);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Privacy_WhenChanged_IsAsItWasSet()
    {
        await Profile.SetPrivacyAsync("last", "contacts", Ct);
        await Profile.SetDisappearingTimerAsync(TimeSpan.FromDays(7), Ct);

        Assert.Equal("contacts", (await Profile.GetPrivacyAsync(Ct))["last"]);
        Assert.Equal(TimeSpan.FromDays(7), (await _session.Client.Contacts.GetInfoAsync(_ana.Jid, Ct))!.DisappearingTimer);
        Assert.Equal(400, (await Assert.ThrowsAsync<RequestRefusedException>(() => Profile.SetPrivacyAsync("last", "never", Ct))).Code);
    }

    [Fact]
    public async Task MarkRead_WhileReadReceiptsAreOff_TellsTheOwnDevicesOnly()
    {
        var first = await ReadAsync("shown");
        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == first && receipt.Type == "read", Ct);

        _ana.SetPrivacy("readreceipts", "none"); // on the phone
        await _service.Trace.WaitForAsync(
            entry => entry is Simulator.Trace.StanzaEntry { Node: { Tag: "ack" } ack } && ack["type"] == "account_sync", Ct);
        var second = await ReadAsync("not shown");

        await _ana.WaitForReceiptAsync(receipt => receipt.MessageId == second && receipt.Type == "read-self", Ct);
        Assert.DoesNotContain(_bruno.Receipts, receipt => receipt.MessageId == second && receipt.Type.StartsWith("read", StringComparison.Ordinal));
    }

    private async Task<string> ReadAsync(string text)
    {
        var id = await _bruno.SendTextAsync(OwnNumber, text, Ct);
        await _session.WaitAsync<MessageReceived>(Ct, received => received.Envelope.Id == id);
        await _session.Client.MarkReadAsync(_bruno.Lid, null, [id], Ct);
        return id;
    }
}
