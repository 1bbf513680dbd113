namespace Recado.Simulator.Phones;

/// <summary>A receipt that reached a simulated phone.</summary>
/// <param name="MessageId">The message it is about.</param>
/// <param name="From">JID of the device or user that gave it.</param>
/// <param name="Type">
/// <c>delivery</c> for a receipt without type, else the type on the wire: <c>inactive</c>, <c>read</c>, <c>sender</c>, <c>retry</c>,
/// <c>peer_msg</c>, <c>hist_sync</c>.
/// </param>
/// <param name="Timestamp">When the service took it.</param>
public sealed record PhoneReceipt(string MessageId, string From, string Type, DateTimeOffset Timestamp);
