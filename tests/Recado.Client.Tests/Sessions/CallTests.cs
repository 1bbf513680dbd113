using Recado.Client.Calls;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>Calls that ring at a linked device.</summary>
public sealed class CallTests : PairedSessionTests
{
    [Fact]
    public async Task Reject_OfACallThatRings_TellsTheCaller()
    {
        var id = _bruno.Call(OwnNumber, isVideo: true);
        var call = await _session.WaitAsync<CallReceived>(Ct);

        var rejection = await _session.Client.Calls.RejectAsync(id, Ct);
        var ended = await _session.WaitAsync<CallEnded>(Ct);
        await _bruno.WaitForCallAsync(news => news.CallId == id && news.Signal == "reject", Ct);

        Assert.Equal((id, _bruno.Lid, _bruno.Jid, "Bruno"), (call.CallId, call.Caller, call.PhoneNumber!.Value, call.CallerName));
        Assert.Equal((true, false, false), (call.IsVideo, call.IsGroup, call.IsOffline));
        Assert.Equal((CallRejection.Done, CallEnd.Rejected, true), (rejection, ended.End, ended.IsVideo));
        Assert.Equal(CallRejection.Over, await _session.Client.Calls.RejectAsync(id, Ct));
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Reject_OfACallNobodyMade_SaysSo() =>
        Assert.Equal(CallRejection.Unknown, await _session.Client.Calls.RejectAsync("0000", Ct));

    [Theory]
    [InlineData("accept", CallEnd.AcceptedElsewhere)]
    [InlineData("reject", CallEnd.RejectedElsewhere)]
    [InlineData("timeout", CallEnd.Missed)]
    public async Task Call_WhenItStopsRinging_TellsHowOnce(string what, CallEnd end)
    {
        var id = _bruno.Call(OwnNumber);
        await _session.WaitAsync<CallReceived>(Ct);

        if (what == "accept")
            _ana.AcceptCall(id);
        else if (what == "reject")
            _ana.RejectCall(id);
        if (what != "reject")
            _bruno.EndCall(id, "timeout");
        var ended = await _session.WaitAsync<CallEnded>(Ct);
        await _bruno.SendTextAsync(OwnNumber, "that was me", Ct);
        await _session.WaitAsync<MessageReceived>(Ct);

        Assert.Equal((id, end, _bruno.Lid), (ended.CallId, ended.End, ended.Caller));
        Assert.Single(_session.Events.OfType<CallEnded>());
    }

    [Fact]
    public async Task Call_OfAGroup_NamesTheGroup()
    {
        var group = Jid.Parse("120363000000000001@g.us");

        _bruno.Call(OwnNumber, group: group);

        var call = await _session.WaitAsync<CallReceived>(Ct);
        Assert.Equal((true, group), (call.IsGroup, call.Group!.Value));
    }

    [Fact]
    public async Task Call_WhileAway_IsToldLaterAndSettledOnce()
    {
        await _session.Client.StopAsync(Ct);
        var id = _bruno.Call(OwnNumber);
        _bruno.EndCall(id, "timeout");

        await _session.Client.StartAsync(Ct);
        var call = await _session.WaitAsync<CallReceived>(Ct);
        await _session.WaitAsync<CallEnded>(Ct, ended => ended.End == CallEnd.Missed);
        await _session.WaitAsync<CaughtUp>(Ct);

        Assert.True(call.IsOffline);
        await _service.Trace.WaitForAsync(_ => Acks().Count >= 2, Ct);
        Assert.Equal(Acks().Count, Acks().Distinct().Count());
        Assert.Equal(0, _ana.LinkedDevices[0].Undelivered);
    }

    private List<string?> Acks() =>
    [
        .. _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == "ack" && entry.Node["class"] == "call")
            .Select(entry => entry.Node["id"]),
    ];
}
