using Recado.Client.Connection;
using Recado.Client.Events;
using Recado.Protocol.Binary;

namespace Recado.Client.Tests.Connection;

public sealed class VerdictTests
{
    [Theory]
    [InlineData("400", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("401", SessionState.LoggedOut, DisconnectReason.LoggedOut, "StopAndErase")]
    [InlineData("402", SessionState.Error, DisconnectReason.Banned, "Stop")]
    [InlineData("403", SessionState.LoggedOut, DisconnectReason.Banned, "StopAndErase")]
    [InlineData("405", SessionState.Error, DisconnectReason.ClientOutdated, "Stop")]
    [InlineData("406", SessionState.LoggedOut, DisconnectReason.Banned, "StopAndErase")]
    [InlineData("409", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("413", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("415", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("418", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("500", SessionState.Reconnecting, DisconnectReason.ServerRestart, "ReconnectLater")]
    [InlineData("501", SessionState.Error, DisconnectReason.Refused, "Stop")]
    [InlineData("503", SessionState.Reconnecting, DisconnectReason.ServerRestart, "ReconnectLater")]
    [InlineData(null, SessionState.Reconnecting, DisconnectReason.ServerRestart, "ReconnectLater")]
    [InlineData("999", SessionState.Error, DisconnectReason.Refused, "Stop")]
    public void OfFailure_ForEachReason_FollowsTheTable(string? code, SessionState state, DisconnectReason reason, string next)
    {
        var verdict = Verdict.OfFailure(new Node("failure", [("reason", code)]));

        Assert.Equal((state, reason, next), (verdict.State, verdict.Reason, verdict.Next.ToString()));
    }

    [Theory]
    [InlineData("515", null, SessionState.Reconnecting, DisconnectReason.ServerRestart, "ReconnectNow")]
    [InlineData("401", "device_removed", SessionState.LoggedOut, DisconnectReason.DeviceRemoved, "StopAndErase")]
    [InlineData(null, "replaced", SessionState.Disconnected, DisconnectReason.Replaced, "Stop")]
    [InlineData("440", "replaced", SessionState.Disconnected, DisconnectReason.Replaced, "Stop")]
    [InlineData("401", null, SessionState.Reconnecting, DisconnectReason.StreamError, "ReconnectLater")]
    [InlineData("503", null, SessionState.Reconnecting, DisconnectReason.ServerRestart, "ReconnectLater")]
    [InlineData("516", null, SessionState.Reconnecting, DisconnectReason.StreamError, "ReconnectLater")]
    [InlineData(null, null, SessionState.Reconnecting, DisconnectReason.StreamError, "ReconnectLater")]
    public void OfStreamError_ForEachKind_FollowsTheTable(
        string? code,
        string? conflict,
        SessionState state,
        DisconnectReason reason,
        string next)
    {
        Node[] children = conflict is null ? [] : [new("conflict", [("type", conflict)])];

        var verdict = Verdict.OfStreamError(new Node("stream:error", [("code", code)], children));

        Assert.Equal((state, reason, next), (verdict.State, verdict.Reason, verdict.Next.ToString()));
    }

    [Fact]
    public void OfFailure_WhenOutdated_SaysHowToUpdate()
    {
        var verdict = Verdict.OfFailure(new Node("failure", [("reason", "405")]));

        Assert.Contains("WHATSAPP_VERSION", verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OfFailure_WhenBannedForATime_SaysWhyAndHowLong()
    {
        var verdict = Verdict.OfFailure(new Node("failure", [("reason", "402"), ("code", "104"), ("expire", "3600")]));

        Assert.Contains("the same message sent too often", verdict.Detail, StringComparison.Ordinal);
        Assert.Contains("1:00:00", verdict.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void OfStreamError_WhenOurAckWasWrong_NamesTheChild()
    {
        var verdict = Verdict.OfStreamError(new Node("stream:error", [], new Node("ack")));

        Assert.Contains("(ack)", verdict.Detail, StringComparison.Ordinal);
    }
}
