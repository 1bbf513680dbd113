using System.Security.Cryptography.X509Certificates;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Media;
using Recado.Protocol.Messages;
using Recado.Simulator;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>What can be known about others.</summary>
public sealed class ContactTests : IAsyncLifetime
{
    private const string OwnNumber = "5511900000001";

    private static readonly byte[] Jpeg =
        [0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0x02, 0x80, 0x02, 0x80, 1, 1, 0x11, 0, 0xFF, 0xD9]; // 640 × 640, and nothing in it

    private SimulatedService _service = null!;
    private SimulatedPhone _bruno = null!;
    private HttpClient _http = null!;
    private TestSession _session = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ContactClient Contacts => _session.Client.Contacts;

    public async ValueTask InitializeAsync()
    {
        _service = await SimulatedService.StartAsync(ct: Ct);
        _bruno = _service.AddPhone("5511900000002", "Bruno");
        var options = TestSession.OptionsFor(_service);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPem(_service.MediaAuthorityPem);
        _http = MediaHttp.Create(options, authorities);
        _session = await TestSession.PairAsync(_service, _service.AddPhone(OwnNumber, "Ana"), Ct, options with { MediaHttp = _http });
    }

    public async ValueTask DisposeAsync()
    {
        await _session.DisposeAsync();
        _http.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task IsOnWhatsApp_WhenAskedAgain_AsksNobody()
    {
        _bruno.SetBusiness(new BusinessCard("Bruno's"));
        string[] numbers = ["+55 (11) 90000-0002", "5511977777777", "5511900000002"];

        var first = await Contacts.IsOnWhatsAppAsync(numbers, Ct);
        var asked = ContactQueries().Count;
        var again = await Contacts.IsOnWhatsAppAsync(numbers, Ct);

        Assert.Equal([true, false, true], first.Select(status => status.IsOnWhatsApp));
        Assert.Equal((_bruno.Jid, _bruno.Lid, true, "Bruno's"), (first[0].PhoneNumber!.Value, first[0].Lid!.Value, first[0].IsBusiness, first[0].VerifiedName));
        Assert.Equal(first, again);
        Assert.Equal((1, 1), (asked, ContactQueries().Count));
    }

    [Fact]
    public async Task IsOnWhatsApp_AfterARestart_StillKnows()
    {
        await Contacts.IsOnWhatsAppAsync(["5511900000002"], Ct);
        await _session.WaitAsync<IdentityMapped>(Ct, mapped => mapped.Lid == _bruno.Lid); // saved together with the answer

        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);

        Assert.True((await Contacts.IsOnWhatsAppAsync(["5511900000002"], Ct))[0].IsOnWhatsApp);
        Assert.Single(ContactQueries());
    }

    [Fact]
    public async Task IsOnWhatsApp_OfMany_AsksForTwentyASecond()
    {
        var time = new WatchedTime();
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service, time), Ct);
        await _session.ConnectedAsync(Ct);

        var many = Contacts.IsOnWhatsAppAsync([.. Enumerable.Range(0, 25).Select(i => $"55119555500{i:00}")], Ct);
        var single = Contacts.IsOnWhatsAppAsync(["5511900000002"], Ct);
        await time.StartedAsync(TimeSpan.FromSeconds(1), 1, Ct);
        var before = ContactQueries();
        time.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(many, single);

        Assert.Equal([20], before);
        Assert.Equal([20, 6], ContactQueries()); // who asks for one travels with who asks for many
    }

    [Fact]
    public async Task IsOnWhatsApp_OfNoNumber_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Contacts.IsOnWhatsAppAsync(["12"], Ct));

    [Fact]
    public async Task IsOnWhatsApp_WhenCancelled_LeavesNoQuestionBehind()
    {
        using var cancelled = new CancellationTokenSource();
        _service.Faults.Add(new Fault(FaultKind.IgnoreIq, Xmlns: "usync"));
        var waiting = Contacts.IsOnWhatsAppAsync(["5511966666666"], cancelled.Token);
        await _service.Trace.WaitForAsync(_ => ContactQueries().Count == 1, Ct);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var other = await Contacts.IsOnWhatsAppAsync(["5511900000002"], Ct);

        Assert.True(other[0].IsOnWhatsApp);
        Assert.Equal([1, 1], ContactQueries());
    }

    [Fact]
    public async Task Info_OfABusiness_TellsWhatItShows()
    {
        _bruno.SetAbout("Flowers for all");
        _bruno.SetPicture(Jpeg);
        _bruno.SetBusiness(new BusinessCard("Bruno's", Address: "Rua 1"));

        var info = await Contacts.GetInfoAsync(_bruno.Jid, Ct);
        var business = await Contacts.GetBusinessProfileAsync(_bruno.Jid, Ct);

        Assert.Equal((_bruno.Lid, _bruno.Jid), (info!.User, info.PhoneNumber!.Value));
        Assert.Equal(("Flowers for all", false, "Bruno's"), (info.About!.Text, info.About.IsHidden, info.VerifiedName));
        Assert.NotNull(info.PictureId);
        Assert.Equal("Rua 1", business!.Address);
    }

    [Fact]
    public async Task Info_OfNobody_IsNull()
    {
        Assert.Null(await Contacts.GetInfoAsync(Protocol.Jid.Parse("5511977777777@s.whatsapp.net"), Ct));
        Assert.Null(await Contacts.GetBusinessProfileAsync(_bruno.Jid, Ct));
    }

    [Fact]
    public async Task Picture_WhenShown_IsDownloadedOnce()
    {
        _bruno.SetPicture(Jpeg);

        var found = Assert.IsType<PictureAnswer.Found>(await Contacts.GetPictureAsync(_bruno.Jid, isPreview: false, knownId: null, Ct));
        var again = await Contacts.GetPictureAsync(_bruno.Jid, isPreview: false, found.Id, Ct);

        Assert.Equal(Jpeg, found.Jpeg);
        Assert.IsType<PictureAnswer.NotChanged>(again);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Picture_WhenThereIsNoneForUs_SaysWhy()
    {
        Assert.IsType<PictureAnswer.None>(await Contacts.GetPictureAsync(_bruno.Jid, isPreview: true, knownId: null, Ct));

        _bruno.SetPicture(Jpeg);
        _bruno.SetPrivacy("profile", "contacts");
        Assert.IsType<PictureAnswer.Hidden>(await Contacts.GetPictureAsync(_bruno.Jid, isPreview: true, knownId: null, Ct));

        _bruno.Trust(OwnNumber);
        await _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Node: { Tag: "ack" } ack } && ack["type"] == "privacy_token", Ct);
        Assert.IsType<PictureAnswer.Found>(await Contacts.GetPictureAsync(_bruno.Jid, isPreview: true, knownId: null, Ct));
    }

    [Fact]
    public async Task Picture_WhenTheTokenGetsNoAnswer_IsAskedForWithoutIt()
    {
        var time = new WatchedTime();
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service, time) with { MediaHttp = _http }, Ct);
        await _session.ConnectedAsync(Ct);
        _bruno.SetPicture(Jpeg);
        _bruno.Trust(OwnNumber);
        await _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Node: { Tag: "ack" } ack } && ack["type"] == "privacy_token", Ct);
        _service.Faults.Add(new Fault(FaultKind.IgnoreIq, Xmlns: "w:profile:picture"));

        var asking = Contacts.GetPictureAsync(_bruno.Jid, isPreview: false, knownId: null, Ct);
        await time.StartedAsync(TimeSpan.FromSeconds(10), 1, Ct);
        time.Advance(TimeSpan.FromSeconds(10));

        Assert.IsType<PictureAnswer.Found>(await asking);
        Assert.Equal([true, false], _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Node["xmlns"] == "w:profile:picture").Select(entry => entry.Node.Child("picture")?.Child("tctoken") is not null));
    }

    [Fact]
    public async Task Block_OfAPhoneNumber_FindsItsLid()
    {
        var blocked = await Contacts.BlockAsync(_bruno.Jid, Ct);
        var list = await Contacts.ListBlockedAsync(Ct);
        await Contacts.UnblockAsync(_bruno.Jid, Ct);

        Assert.True(blocked);
        Assert.Equal([new BlockedUser(_bruno.Lid, _bruno.Jid)], list);
        Assert.Empty(await Contacts.ListBlockedAsync(Ct));
        Assert.False(await Contacts.BlockAsync(Protocol.Jid.Parse("5511977777777@s.whatsapp.net"), Ct));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task PictureAndAbout_OfAContact_AreToldWhenTheyChange()
    {
        await _bruno.SendTextAsync(OwnNumber, "hi", Ct);
        _bruno.SetPicture(Jpeg);
        _bruno.SetAbout("new");
        _bruno.SetPicture(null);

        var about = await _session.WaitAsync<AboutChanged>(Ct);
        var removed = await _session.WaitAsync<PictureChanged>(Ct, changed => changed.IsRemoved);
        var set = await _session.WaitAsync<PictureChanged>(Ct, changed => !changed.IsRemoved);

        Assert.Equal((_bruno.Lid, "new"), (about.User, about.Text));
        Assert.Equal((_bruno.Lid, null), (removed.Of, removed.PictureId));
        Assert.NotNull(set.PictureId);
    }

    /// <summary>How many numbers each question was about.</summary>
    private List<int> ContactQueries() =>
    [
        .. _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient)
            .Select(entry => entry.Node.Child("usync"))
            .Where(usync => usync?.Child("query")?.Child("contact") is not null)
            .Select(usync => usync!.RequiredChild("list").Children.Count),
    ];
}
