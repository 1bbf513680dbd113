namespace Recado.Server.Features.Idempotency;

/// <summary>The header by which a client names a request, so that sending it twice does it once.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";

    /// <summary>Set on an answer that was given before.</summary>
    public const string ReplayedHeader = "Idempotent-Replayed";

    public const int Longest = 255;

    private static readonly object MessageIdItem = new();

    public static bool IsValid(string key) => key.Length is > 0 and <= Longest && key.All(c => c is > ' ' and <= '~');

    /// <summary>The id that is reserved for the message this request sends; null for a request without a key.</summary>
    public static string? ReservedMessageId(this HttpContext context) => context.Items[MessageIdItem] as string;

    public static void ReserveMessageId(this HttpContext context, string messageId) => context.Items[MessageIdItem] = messageId;
}
