using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Recado.Server.Storage;

/// <summary>Reads the chats of a user. They come into being with their messages, or when the phone tells of them (<see cref="ISessionJournal"/>).</summary>
internal interface IChatStore
{
    /// <summary>One page, the chat with the newest message first.</summary>
    /// <param name="limit">1 to 200.</param>
    /// <param name="withStatus">Whether the feed of status updates is listed among the chats.</param>
    Task<ChatPage> ListAsync(Guid userId, Guid sessionId, int limit, ChatCursor? before, bool withStatus, CancellationToken ct);

    /// <summary>What somebody calls themselves, as far as they have told.</summary>
    /// <param name="jids">The names by which they are known.</param>
    Task<string?> FindPushNameAsync(Guid userId, Guid sessionId, IReadOnlyList<string> jids, CancellationToken ct);

    /// <summary>A chat, by its JID or by the other side's JID of the phone number.</summary>
    Task<ChatRow?> FindAsync(Guid userId, Guid sessionId, string chat, CancellationToken ct);

    /// <summary>The oldest unread messages of a chat.</summary>
    Task<IReadOnlyList<UnreadMessage>> ListUnreadAsync(Guid userId, Guid sessionId, string chat, int limit, CancellationToken ct);
}

/// <param name="Next">Cursor of the following page, or null on the last one.</param>
internal sealed record ChatPage(IReadOnlyList<ChatRow> Chats, ChatCursor? Next);

/// <param name="Author">JID of who wrote it, in the form its chat uses.</param>
internal sealed record UnreadMessage(string WhatsAppId, string Author);

/// <summary>A place in the chats' order (time of the newest message, then JID). Opaque text to clients.</summary>
internal sealed record ChatCursor(DateTimeOffset LastAt, string Chat)
{
    private const int Longest = 256;

    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{LastAt.UtcTicks.ToString(CultureInfo.InvariantCulture)} {Chat}"));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ChatCursor? cursor)
    {
        cursor = null;
        var bytes = new byte[Longest];
        if (text is not { Length: > 0 and <= Longest } || !Base64Url.IsValid(text) || !Base64Url.TryDecodeFromChars(text, bytes, out var written))
            return false;

        var parts = Encoding.UTF8.GetString(bytes, 0, written).Split(' ', 2);
        if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var ticks)
            || ticks > DateTimeOffset.MaxValue.UtcTicks)
        {
            return false;
        }

        cursor = new ChatCursor(new DateTimeOffset(ticks, TimeSpan.Zero), parts[1]);
        return true;
    }
}
