using Recado.Client.Events;
using Recado.Client.Tests.Sessions;
using Recado.Protocol.Binary;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

public sealed class GroupListingTests : GroupTests
{
    [Fact]
    public async Task Link_WhenTheAccountIsInGroupsAlready_TellsOfThemOnce()
    {
        var group = NewGroup();

        await using var second = await TestSession.PairAsync(_service, _ana, Ct);
        var found = await second.WaitAsync<ChatFound>(Ct);
        await using var again = await second.RestartAsync(TestSession.OptionsFor(_service), Ct);
        await again.ConnectedAsync(Ct);
        await again.SendTextAsync(group, "no need to ask", Ct);

        Assert.Equal((group, "Team", true), (found.Chat, found.Name, found.LastAt is not null));
        Assert.Empty(again.Events.OfType<ChatFound>());
        Assert.Empty(_service.Trace.Violations);
    }

    [Fact]
    public async Task Dirty_WhenTheServiceSaysThatGroupsAreOutOfDate_AsksForThemAgain()
    {
        var group = await JoinedGroupAsync();

        await _service.SendStanzaAsync(new Node("ib", [], new Node("dirty", [("type", "groups"), ("timestamp", "1767225600")])), Ana);

        await _session.WaitAsync<ChatFound>(Ct, found => found.Chat == group);
        await _service.Trace.WaitForAsync(entry => entry is StanzaEntry { Node: { Tag: "iq" } iq } && iq.Child("clean") is not null, Ct);
    }
}
