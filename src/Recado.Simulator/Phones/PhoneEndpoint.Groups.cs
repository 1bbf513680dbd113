using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Phones;

/// <summary>What a phone asks of the service about groups.</summary>
internal sealed partial class PhoneEndpoint
{
    /// <summary>Sends a request about groups.</summary>
    /// <returns>The answer.</returns>
    /// <exception cref="SimulatorException">The service refuses it.</exception>
    public Node Ask(Node request, Addressing addressing = Addressing.Lid)
    {
        var answer = _exchange.GroupRequests.Answer(Device, request, addressing);
        return answer.Child("error") is { } error
            ? throw new SimulatorException($"The service refuses the request about a group with error {error["code"]} ({error["text"]}).")
            : answer;
    }
}
