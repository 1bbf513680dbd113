namespace Recado.Server.Storage;

/// <summary>How far a message has come, as the API and the table spell it.</summary>
internal static class MessageStatuses
{
    /// <summary>Waits for its session to be connected, or for its pace. Can be taken back.</summary>
    public const string Queued = "queued";

    public const string Pending = "pending";
    public const string Sent = "sent";
    public const string Delivered = "delivered";
    public const string Read = "read";
    public const string Played = "played";
    public const string Failed = "failed";

    /// <summary>Of the other side's messages: it is here.</summary>
    public const string Received = "received";

    /// <summary>Of the other side's messages: it is here but cannot be read yet.</summary>
    public const string Undecryptable = "undecryptable";

    /// <summary>The statuses that <paramref name="status"/> may follow. A message that reached the other side cannot fail any more.</summary>
    public static IReadOnlyList<string> Before(string status) => status switch
    {
        Sent => [Pending],
        Failed => [Queued, Pending, Sent],
        Delivered => [Pending, Sent, Failed],
        Read => [Pending, Sent, Failed, Delivered, Received],
        Played => [Pending, Sent, Failed, Delivered, Received, Read],
        _ => [],
    };
}
