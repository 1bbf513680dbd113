using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.AppState;
using Recado.Protocol.Binary;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>The settings that an account's devices share.</summary>
public sealed class AppStateTests : PairedSessionTests
{
    private const string Ana = "5511900000001", Bruno = "5511900000002", Carla = "5511900000003";

    [Fact]
    public async Task SetName_WhenThePhoneTakesItOver_IsTheNameForGood()
    {
        await _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct);
        var told = _session.Events.OfType<PushNameChanged>().Where(changed => changed.User == _ana.Lid).Select(changed => changed.Name);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);
        await _session.SendTextAsync(_bruno.Jid, "hello", Ct);

        Assert.Equal("Ana of Flowers", _ana.Name);
        Assert.Equal(["Ana", "Ana of Flowers"], told);
        Assert.Equal("Ana of Flowers", await _session.Client.Profile.GetNameAsync(Ct));
        Assert.Equal("Ana of Flowers", (await _bruno.WaitForMessageAsync(message => message.Text == "hello", Ct)).PushName);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task SetName_WhenThePhoneIsOff_HoldsAgainstWhatTheServiceStillSays()
    {
        _ana.SwitchOff();
        await _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct);
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await _session.ConnectedAsync(Ct);

        Assert.Equal("Ana", _ana.Name);
        Assert.Equal("Ana of Flowers", await _session.Client.Profile.GetNameAsync(Ct));
        _ana.SwitchOn();
        Assert.Equal("Ana of Flowers", _ana.Name);
    }

    [Fact]
    public async Task Name_WhenItIsSetOnThePhone_IsTold()
    {
        await SyncedAsync();

        _ana.SetName("Aninha");
        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "Aninha");
        await _session.Client.StopAsync(Ct);
        _ana.SetName("Ana again");
        await _session.Client.StartAsync(Ct);

        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "Ana again");
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Contacts_WhenThePhoneHasThem_ComeAsOneEventAndThenOneByOne()
    {
        var carla = _service.AddPhone(Carla, "Carla");
        carla.SetContactName(Bruno, "Bruno of the shop");
        carla.SetContactName("5511977777777", "Nobody");
        await using var session = await TestSession.PairAsync(_service, carla, Ct);

        var whole = await session.WaitAsync<ContactNamesChanged>(Ct);
        Assert.True(whole.IsFullSync);
        Assert.Equal(
            [
                new(_bruno.Lid, "Bruno of the shop") { PhoneNumber = _bruno.Jid, Lid = _bruno.Lid },
                new(Jid.Parse("5511977777777@s.whatsapp.net"), "Nobody") { PhoneNumber = Jid.Parse("5511977777777@s.whatsapp.net") },
            ],
            whole.Contacts);
        carla.SetContactName(Bruno, "Bru");
        Assert.Equal("Bru", Assert.Single((await session.WaitAsync<ContactNamesChanged>(Ct, e => e.Contacts.Count == 1)).Contacts).Name);
        await _bruno.SendTextAsync(Carla, "hello", Ct);
        Assert.Equal("Bru", (await session.WaitAsync<MessageReceived>(Ct)).Envelope.ContactName);
        await session.SendTextAsync(_bruno.Jid, "hello yourself", Ct);
        Assert.Equal("Bru", (await session.WaitAsync<MessageQueued>(Ct)).Envelope.ContactName);

        carla.SetContactName(Bruno, null);
        var gone = await session.WaitAsync<ContactNamesChanged>(Ct, e => e.Contacts is [{ Name: null }]);
        Assert.False(gone.IsFullSync);
        Assert.Equal(_bruno.Lid, gone.Contacts[0].User);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Contacts_WhenManyChangesWereMissed_AllArrive()
    {
        await SyncedAsync();
        await _session.Client.StopAsync(Ct);
        for (var i = 0; i < 25; i++)
            _ana.SetContactName($"55119888880{i:00}", $"Contact {i}");
        await _session.Client.StartAsync(Ct);

        await _session.WaitAsync<ContactNamesChanged>(Ct, e => e.Contacts.Any(contact => contact.Name == "Contact 24"));

        var names = _session.Events.OfType<ContactNamesChanged>().SelectMany(e => e.Contacts).Select(contact => contact.Name);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"Contact {i}"), names);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Contacts_WhenTheReaderCrashesBeforeSaving_AreToldAgain()
    {
        await SyncedAsync();
        _session.BeforeSaving = batch => batch.Events.OfType<ContactNamesChanged>().Any() ? throw new IOException("the disk is full") : Task.CompletedTask;
        _ana.SetContactName(Bruno, "Bru");
        await Assert.ThrowsAsync<IOException>(() => _session.Reading);

        _session = await _session.RestartAsync(TestSession.OptionsFor(_service), Ct);

        Assert.Equal("Bru", Assert.Single((await _session.WaitAsync<ContactNamesChanged>(Ct)).Contacts).Name);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task SetName_WhenAnotherDeviceWasFaster_TriesAgain()
    {
        await SyncedAsync();
        _service.Faults.Add(new(FaultKind.ConflictAppState, Count: 3));

        await _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct);

        Assert.Equal("Ana of Flowers", _ana.Name);
        _service.Faults.Add(new(FaultKind.ConflictAppState, Count: 5));
        Assert.Equal(409, (await Assert.ThrowsAsync<RequestRefusedException>(() => _session.Client.Profile.SetNameAsync("Ana", Ct))).Code);
        Assert.Equal("Ana of Flowers", _ana.Name);
    }

    [Fact]
    public async Task SetName_WhenTwoDevicesDoAtOnce_BothEndWithTheSameName()
    {
        await using var other = await TestSession.PairAsync(_service, _ana, Ct);

        await Task.WhenAll(
            _session.Client.Profile.SetNameAsync("one", Ct), other.Client.Profile.SetNameAsync("two", Ct),
            _session.Client.Profile.SetNameAsync("three", Ct), other.Client.Profile.SetNameAsync("four", Ct));

        _ana.SetName("at last"); // everybody hears of it after all the others
        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "at last");
        await other.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "at last");
        Assert.Equal("at last", await _session.Client.Profile.GetNameAsync(Ct));
        Assert.Equal("at last", await other.Client.Profile.GetNameAsync(Ct));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Name_WhenAKeyIsMissing_WaitsForThePhoneToShareIt()
    {
        await SyncedAsync();
        _ana.RotateSettingsKey();

        _ana.SetName("Under a new key");

        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "Under a new key");
        await _session.Client.Profile.SetNameAsync("Under it too", Ct);
        Assert.Equal("Under it too", _ana.Name);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task SetName_WhenThePhoneDoesNotShareAKey_SaysSo()
    {
        await SyncedAsync();
        _service.Faults.Add(new(FaultKind.IgnorePeerRequest));
        _ana.RotateSettingsKey();
        _ana.SetName("Under a new key");

        await Assert.ThrowsAsync<AppStateUnavailableException>(() => _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct));

        Assert.Equal("Under a new key", _ana.Name);
    }

    [Fact]
    public async Task Name_WhenAPatchIsBroken_ComesWithTheWhole()
    {
        await SyncedAsync();
        _service.Faults.Add(new(FaultKind.CorruptAppState));

        _ana.SetName("Aninha");

        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "Aninha");
        Assert.Empty(_service.Faults.Pending);
        Assert.Equal(0, RecoveryRequests());
        await _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct);
        Assert.Equal("Ana of Flowers", _ana.Name);
    }

    [Fact]
    public async Task Name_WhenTheWholeIsBrokenToo_ComesFromThePhone()
    {
        await SyncedAsync();
        _service.Faults.Add(new(FaultKind.CorruptAppState, Count: 2));

        _ana.SetName("Aninha");

        await _session.WaitAsync<PushNameChanged>(Ct, changed => changed.Name == "Aninha");
        Assert.Equal(1, RecoveryRequests());
        await _session.Client.Profile.SetNameAsync("Ana of Flowers", Ct);
        Assert.Equal("Ana of Flowers", _ana.Name);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Dirty_WhenItIsAboutSettings_FetchesEveryCollection()
    {
        await SyncedAsync();
        var before = Fetched().Count;

        await _service.SendStanzaAsync(
            new Node("ib", [("from", Jid.Service)], [new Node("dirty", [("type", "syncd_app_state"), ("timestamp", "1767225600")])]), Ana);

        await _service.Trace.WaitForAsync(_ => Fetched().Count == before + 5, Ct);
        Assert.Equal(Enum.GetValues<AppStateCollection>().Select(collection => collection.ToName()), Fetched().Skip(before));
        Assert.Empty(_service.Trace.Violations);
    }

    /// <summary>Every collection has been fetched for the first time, and what came with it is saved.</summary>
    private async Task SyncedAsync()
    {
        await _service.Trace.WaitForAsync(_ => Fetched().Count >= 5, Ct);
        await _session.Client.Profile.SetNameAsync("Ana", Ct); // comes after all that was published before
    }

    private List<string> Fetched() =>
    [
        .. FromClient("iq").Where(iq => iq["xmlns"] == AppStateStanzas.Namespace)
            .Select(iq => iq.Child("sync")!.Children[0]).Where(collection => collection.Child("patch") is null).Select(collection => collection["name"]!),
    ];

    private int RecoveryRequests() => FromClient("message").Count(message => message["category"] == "peer");

    private IEnumerable<Node> FromClient(string tag) => _service.Trace.Entries.OfType<StanzaEntry>()
        .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == tag).Select(entry => entry.Node);
}
