using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Answers requests for app state. Every collection is empty.</summary>
internal sealed class AppStateDesk(Exchange exchange)
{
    public Node Answer(Device device, Node iq)
    {
        if (iq.Child("sync") is not { } sync)
        {
            exchange.Trace.Violation(device.ToString(), "An app-state request has no sync.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        return Stanzas.Result(iq, new Node("sync", [], [.. sync.ChildrenOf("collection").Select(Collection)]));
    }

    private static Node Collection(Node asked) =>
        new("collection", [("name", asked["name"]), ("version", "0"), ("has_more_patches", "false")], [new Node("patches")]);
}
