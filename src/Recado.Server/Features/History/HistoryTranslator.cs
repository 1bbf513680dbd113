using System.Text.Json;
using Recado.Client.Events;
using Recado.Protocol.History;
using Recado.Server.Features.Media;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.History;

/// <summary>Turns what the client reports of the past into rows without events, and its progress into events. Pure.</summary>
internal static class HistoryTranslator
{
    // Stub types of WhatsApp's that stand for a message rather than for a notice.
    private const int Revoked = 1, Undecryptable = 2, MissedVoice = 40, MissedVideo = 41, MissedGroupVoice = 45, MissedGroupVideo = 46, RevokedByAdmin = 132;

    /// <summary>The row of a message of the past; none for one that has neither content nor notice.</summary>
    public static IEnumerable<JournalEntry> Translate(SessionRow session, HistoricMessage message, RisingIds ids)
    {
        var envelope = message.Envelope;
        if (message.Content is { } content)
        {
            var direction = envelope.FromMe ? MessageDirections.Sent : MessageDirections.Received;
            var (body, file) = IncomingMedia.Of(session, envelope, content, direction, ids.Next);
            yield return Entry(body, StatusOf(message), MessageBodies.AboutOf(content), file is null ? null : file with { IsWanted = false });
        }
        else if (message.Notice == Undecryptable)
        {
            yield return Entry(MessageBodies.Undecryptable("The phone could not decrypt this message either."), MessageStatuses.Undecryptable);
        }
        else if (message.Notice is Revoked or RevokedByAdmin)
        {
            yield return Entry(MessageBodies.Deleted(), StatusOf(message));
        }
        else if (message.Notice is MissedVoice or MissedVideo or MissedGroupVoice or MissedGroupVideo)
        {
            yield return Entry(MessageBodies.MissedCall(message.Notice is MissedVideo or MissedGroupVideo), StatusOf(message));
        }
        else if (message.Notice != 0)
        {
            yield return Entry(MessageBodies.Notice(message.Notice, message.NoticeParameters), StatusOf(message));
        }

        JournalEntry.Message Entry(JsonElement body, string status, string? about = null, PendingMedia? file = null) =>
            new(SessionTranslator.Message(session, envelope, ids.Next(), body, status, about), Then: null, file);
    }

    /// <summary>A chat of the phone's, or a group.</summary>
    public static JournalEntry Translate(ChatFound chat) => new JournalEntry.ChatFound(
        chat.Chat.ToString(), chat.Chat.IsGroup, chat.Name, chat.PhoneNumber?.User, chat.Lid?.ToString(), chat.LastAt, (int?)chat.Expiration?.TotalSeconds,
        chat.View is { } view ? new Storage.ChatView(view.IsArchived, view.PinnedAt, view.MutedUntil) : null);

    public static JournalEntry Translate(SessionRow session, HistoryProgress progress) => Event(new
    {
        sessionId = session.Id,
        syncType = NameOf(progress.Kind),
        chunk = progress.Chunk,
        progress = progress.Percent,
        messages = progress.Messages,
        done = progress.IsDone,
        requestId = progress.RequestId,
        chat = progress.Chat?.ToString(),
        hasMore = progress.HasMore,
        failure = progress.Failure,
    });

    public static JournalEntry Translate(SessionRow session, HistoryUnanswered silence) => Event(new
    {
        sessionId = session.Id,
        syncType = NameOf(HistoryKind.OnDemand),
        progress = 0,
        messages = 0,
        done = true,
        requestId = silence.RequestId,
        chat = silence.Chat.ToString(),
        failure = "The phone has not answered. It must be on and online; ask again then.",
    });

    private static string StatusOf(HistoricMessage message) =>
        message.Envelope.FromMe ? JsonNamingPolicy.SnakeCaseLower.ConvertName(message.Status.ToString())
        : message.Status is MessageStatus.Read ? MessageStatuses.Read
        : MessageStatuses.Received;

    private static string NameOf(HistoryKind kind) => JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString());

    private static JournalEntry.Event Event<T>(T payload) =>
        new(EventTypes.HistoryProgress, JsonSerializer.Serialize(payload, RecadoJson.Options));
}
