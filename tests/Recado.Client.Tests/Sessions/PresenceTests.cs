using Recado.Client.Events;
using Recado.Protocol.Presence;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>Who is there, and what they type.</summary>
public sealed class PresenceTests : PairedSessionTests
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await _bruno.SendTextAsync(OwnNumber, "now we know each other", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);
    }

    [Fact]
    public async Task Subscribe_WhileAvailable_TellsOfEachChangeOnceAndByBothNames()
    {
        await _session.Client.Presence.SetAvailableAsync(true, Ct);
        await _session.Client.Presence.SubscribeAsync(_bruno.Jid, Ct);
        await _session.WaitAsync<PresenceChanged>(Ct, changed => !changed.IsAvailable);

        _bruno.SetAvailable(true);
        var there = await _session.WaitAsync<PresenceChanged>(Ct, changed => changed.IsAvailable);
        await _session.Client.Presence.SubscribeAsync(_bruno.Jid, Ct); // the service tells again what is known
        _bruno.SetAvailable(false);
        var gone = await _session.WaitAsync<PresenceChanged>(Ct, changed => changed.LastSeen is not null);

        Assert.Equal((_bruno.Lid, _bruno.Jid, _bruno.Lid), (there.User, there.PhoneNumber!.Value, there.Lid!.Value));
        Assert.False(gone.IsAvailable);
        Assert.Single(_session.Events.OfType<PresenceChanged>(), changed => changed.IsAvailable);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Subscribe_AfterAReconnect_IsRenewed()
    {
        await _session.Client.Presence.SetAvailableAsync(true, Ct);
        await _session.Client.Presence.SubscribeAsync(_bruno.Jid, Ct);
        await _session.WaitAsync<PresenceChanged>(Ct);

        await _service.DropConnectionsAsync(OwnNumber);
        await _session.WaitAsync<StateChanged>(Ct, changed => changed.State == SessionState.Reconnecting);
        _session.Forget();
        await _session.ConnectedAsync(Ct);
        _bruno.SetAvailable(true);

        await _session.WaitAsync<PresenceChanged>(Ct, changed => changed.IsAvailable);
    }

    [Fact]
    public async Task Subscribe_ToAStranger_ShowsTheTokenItHas()
    {
        var carla = _service.AddPhone("5511900000003", "Carla");
        carla.Trust(OwnNumber);
        await Traced(stanza => stanza.Node.Tag == "ack" && stanza.Node["type"] == "privacy_token");

        await _session.Client.Presence.SetAvailableAsync(true, Ct);
        await _session.Client.Presence.SubscribeAsync(carla.Jid, Ct);

        var changed = await _session.WaitAsync<PresenceChanged>(Ct);
        Assert.Equal(carla.Lid, changed.User);
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Available_WhenChanged_IsSeenByOthersAndMakesReceiptsActive()
    {
        _bruno.Watch(OwnNumber);
        await _session.Client.Presence.SetAvailableAsync(true, Ct);
        await _bruno.WaitForPresenceAsync(presence => presence.IsAvailable, Ct);
        var id = await _bruno.SendTextAsync(OwnNumber, "active", Ct);
        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == id && receipt.Type == "delivery", Ct);

        await _session.Client.Presence.SetAvailableAsync(false, Ct);
        await _bruno.WaitForPresenceAsync(presence => presence is { IsAvailable: false, LastSeen: not null }, Ct);
        var later = await _bruno.SendTextAsync(OwnNumber, "inactive", Ct);

        await _bruno.WaitForReceiptAsync(receipt => receipt.MessageId == later && receipt.Type == "inactive", Ct);
    }

    [Fact]
    public async Task ChatState_OfAnother_IsToldOnceUntilItChanges()
    {
        await _session.Client.Presence.SetAvailableAsync(true, Ct);
        await _session.Client.Profile.GetPrivacyAsync(Ct); // its answer proves that the presence has been heard

        _bruno.Type(OwnNumber, ChatState.Composing);
        _bruno.Type(OwnNumber, ChatState.Composing);
        _bruno.Type(OwnNumber, ChatState.Recording);
        _bruno.Type(OwnNumber, ChatState.Paused);
        _bruno.Type(OwnNumber, ChatState.Paused);
        _bruno.Type(OwnNumber, ChatState.Composing);
        await _session.WaitAsync<ChatStateChanged>(Ct, _ => _session.Events.OfType<ChatStateChanged>().Count() >= 4);

        var states = _session.Events.OfType<ChatStateChanged>().ToList();
        Assert.Equal([ChatState.Composing, ChatState.Recording, ChatState.Paused, ChatState.Composing], states.Select(state => state.State));
        Assert.Equal((_bruno.Lid, _bruno.Lid, _bruno.Jid), (states[0].Chat, states[0].Sender, states[0].PhoneNumber!.Value));
    }

    [Fact]
    public async Task ChatState_WithADuration_IsRepeatedAndEnds()
    {
        var (time, client) = await RestartAsync();

        await client.Presence.SetChatStateAsync(_bruno.Jid, ChatState.Recording, TimeSpan.FromSeconds(25), Ct);
        for (var i = 1; i <= 2; i++)
        {
            await time.StartedAsync(TimeSpan.FromSeconds(10), i, Ct);
            time.Advance(TimeSpan.FromSeconds(10));
            await SeenAsync("recording", i + 1);
        }

        await time.StartedAsync(TimeSpan.FromSeconds(5), 1, Ct);
        time.Advance(TimeSpan.FromSeconds(5));
        await SeenAsync("paused", 1);

        Assert.Equal(["recording", "recording", "recording", "paused"], _bruno.ChatStates.Select(state => state.State));
    }

    [Fact]
    public async Task ChatState_WhenAnotherFollows_IsNoLongerRepeated()
    {
        var (time, client) = await RestartAsync();

        await client.Presence.SetChatStateAsync(_bruno.Jid, ChatState.Composing, TimeSpan.FromSeconds(60), Ct);
        await time.StartedAsync(TimeSpan.FromSeconds(10), 1, Ct);
        await client.Presence.SetChatStateAsync(_bruno.Lid, ChatState.Paused, null, Ct);
        time.Advance(TimeSpan.FromSeconds(10));
        await client.Presence.SetChatStateAsync(_bruno.Lid, ChatState.Recording, null, Ct);
        await SeenAsync("recording", 1);

        Assert.Equal(["composing", "paused", "recording"], _bruno.ChatStates.Select(state => state.State));
    }

    [Fact]
    public async Task ChatState_WithoutAnEnd_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() =>
            _session.Client.Presence.SetChatStateAsync(_bruno.Jid, ChatState.Composing, TimeSpan.FromHours(1), Ct));

    private Task SeenAsync(string state, int times) =>
        _bruno.WaitForChatStateAsync(_ => _bruno.ChatStates.Count(other => other.State == state) >= times, Ct);

    /// <summary>The session again, with a clock that the test moves.</summary>
    private async Task<(WatchedTime Time, WhatsAppClient Client)> RestartAsync()
    {
        var time = new WatchedTime();
        _session = await _session.RestartAsync(TestSession.OptionsFor(_service, time), Ct);
        await _session.ConnectedAsync(Ct);
        return (time, _session.Client);
    }

    private Task Traced(Func<StanzaEntry, bool> wanted) =>
        _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Direction: TraceDirection.FromClient } stanza && wanted(stanza), Ct);
}
