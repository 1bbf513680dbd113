using Recado.Protocol.Binary;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>What becomes of a message.</summary>
/// <param name="Refusal">What is wrong with it, if anything.</param>
/// <param name="Deliveries">What each device gets; <see langword="null"/> when that cannot be told.</param>
/// <param name="Hash">The service's hash of all devices, when the sender's is another.</param>
internal readonly record struct Dispatch(Refusal? Refusal, IEnumerable<(Device Device, Node Stanza)>? Deliveries = null, string? Hash = null);
