namespace Recado.Server.Storage;

/// <summary>Reads the messages that wait to be sent. Only a session's owner writes them (<see cref="ISessionJournal"/>).</summary>
internal interface IMessageQueue
{
    /// <summary>The first messages that wait in a session, in the order of sending.</summary>
    Task<IReadOnlyList<QueuedMessage>> ListAsync(Guid sessionId, int limit, CancellationToken ct);

    /// <summary>How many wait in a session.</summary>
    Task<int> CountAsync(Guid sessionId, CancellationToken ct);

    /// <summary>The sessions in which a message has waited too long.</summary>
    Task<IReadOnlyList<Guid>> ListOverdueAsync(CancellationToken ct);
}

/// <summary>A message that waits.</summary>
/// <param name="Id">Of its row in <c>messages</c>. Rises.</param>
/// <param name="Request">What to send, as its session has written it.</param>
/// <param name="ExpiresAt">From then on it is not sent any more.</param>
internal sealed record QueuedMessage(Guid Id, string WhatsAppId, byte[] Request, DateTimeOffset ExpiresAt);
