using Recado.Protocol;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator;

/// <summary>The groups of the service, as nobody but the service sees them.</summary>
public sealed partial class SimulatedService
{
    /// <summary>Every group, oldest first.</summary>
    public IReadOnlyList<GroupInfo> Groups =>
        _exchange.Read(() => (IReadOnlyList<GroupInfo>)[.. _exchange.Groups.All.Select(g => g.Describe(withMembers: true))]);

    /// <summary>A group.</summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    public GroupInfo Group(string jid) => _exchange.Read(() => Find(jid).Describe(withMembers: true));

    /// <summary>
    /// Lets a group know its members by their other name from now on, as when it migrates. Nobody is told: whoever sends to it under the
    /// old mode is refused with 421.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no such group.</exception>
    public void SetGroupAddressing(string jid, AddressingMode addressing) => _exchange.Run(() =>
    {
        Find(jid).Addressing = addressing == AddressingMode.Lid ? Addressing.Lid : Addressing.PhoneNumber;
    });

    private Service.Groups.Group Find(string jid) => Jid.TryParse(jid, out var parsed) && _exchange.Groups.Find(parsed) is { } group
        ? group
        : throw new KeyNotFoundException($"There is no group {jid}.");
}
