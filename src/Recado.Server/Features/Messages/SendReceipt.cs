using Recado.Server.Storage;

namespace Recado.Server.Features.Messages;

/// <summary>What a sender is told.</summary>
/// <param name="Status">One of <see cref="MessageStatuses"/>.</param>
internal sealed record SendReceipt(string MessageId, string Status, DateTimeOffset Timestamp);
