using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;

namespace Recado.Simulator.Tests.Groups;

/// <summary>A service with three phones.</summary>
public abstract class GroupTest : ServiceTest
{
    private protected SimulatedPhone Caio => field ??= Service.AddPhone("5511900000003", "Caio");

    /// <summary>A group of Bia's with Ana and Caio.</summary>
    private protected GroupInfo NewGroup(AddressingMode addressing = AddressingMode.Lid) =>
        Bia.CreateGroup("Friends", [Ana.PhoneNumber, Caio.PhoneNumber], addressing);

    private protected static string CodeOf(Node answer) => answer["type"] == "error" ? answer.RequiredChild("error")["code"]! : "ok";

    /// <summary>Every device of the accounts, as a group names them.</summary>
    private protected static IReadOnlyList<Jid> Devices(AddressingMode addressing, params SimulatedPhone[] phones) =>
    [
        .. phones.SelectMany(p => p.LinkedDevices.Select(d => (ushort)d.Number).Prepend((ushort)0)
            .Select(number => (addressing == AddressingMode.Lid ? p.Lid : p.Jid).WithDevice(number))),
    ];

    private protected void AssertNoViolations() => Assert.Empty(Service.Trace.Violations);
}
