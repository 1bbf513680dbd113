using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Phones;

/// <summary>What a phone asks of the service about groups.</summary>
internal sealed partial class PhoneEndpoint
{
    /// <summary>Sends a request about groups.</summary>
    /// <returns>The answer.</returns>
    /// <exception cref="SimulatorException">The service refuses it.</exception>
    public Node Ask(Node request, Addressing addressing = Addressing.Lid) => Demand(_exchange.GroupRequests.Answer(Device, request, addressing));

    /// <summary>Sets the picture of a group, or takes it away.</summary>
    /// <exception cref="SimulatorException">The service refuses it.</exception>
    public void SetGroupPicture(Jid group, byte[]? jpeg)
    {
        var id = _exchange.NewId();
        Demand(_exchange.Pictures.Answer(Device, jpeg is null ? UserRequests.RemovePicture(id, group) : UserRequests.SetPicture(id, jpeg, group))!);
    }

    private static Node Demand(Node answer) => answer.Child("error") is { } error
        ? throw new SimulatorException($"The service refuses the request about a group with error {error["code"]} ({error["text"]}).")
        : answer;
}
