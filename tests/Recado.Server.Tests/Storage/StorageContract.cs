using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Recado.Client.Stores;
using Recado.Server.Storage;

namespace Recado.Server.Tests.Storage;

/// <summary>One open engine with everything it offers.</summary>
internal sealed record Engine(
    ISessionStore Sessions, IMessageStore Messages, IChatStore Chats, IMediaStore Media, IEventLog Events, ISessionJournal Journal, IStorageUpkeep Upkeep,
    IMessageQueue Queue, IIdempotencyStore Idempotency, ILeadStore Leads, IApiKeyStore Keys, IAuditLog Audit);

/// <summary>What every storage engine must do. Written once; each engine derives one class.</summary>
public abstract partial class StorageContract
{
    private protected const int NoLimit = int.MaxValue;
    private protected static readonly Guid Ana = Guid.NewGuid(), Bruno = Guid.NewGuid();

    private protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    private protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The engine over the test's data, opened anew on each call after the previous one was closed.</summary>
    private protected abstract Engine Engine { get; }

    /// <summary>Whether the text of messages can be searched.</summary>
    private protected virtual bool IsSearchable => true;

    private protected abstract Task ReopenAsync();

    private protected async Task<OwnedSession> OwnAsync(Guid user)
    {
        var row = await Engine.Sessions.CreateAsync(user, name: null, NoLimit, Ct);
        return (await Engine.Journal.AcquireAsync(row!.Id, Ct))!;
    }

    private protected Task<bool> CommitAsync(SessionLease lease, params JournalEntry[] entries) =>
        Engine.Journal.CommitAsync(lease, DeviceChanges.Empty, entries, Ct);

    private protected static JournalEntry.Event Event(string type = "test", string payload = "{}") => new(type, payload);

    private protected MessageRow Message(
        OwnedSession session, string id, string text = "hello", string chat = "5511@s.whatsapp.net", string? status = null) => new()
        {
            Id = Guid.CreateVersion7(Time.GetUtcNow()),
            UserId = session.Row.UserId,
            SessionId = session.Row.Id,
            Direction = MessageDirections.Received,
            Content = JsonSerializer.SerializeToElement(new { type = "text", text }),
            Status = status ?? MessageStatuses.Received,
            Timestamp = Time.GetUtcNow(),
            WhatsAppId = id,
            Chat = chat,
            Sender = chat,
            Origin = "live",
        };

    private protected async Task<IReadOnlyList<MessageRow>> MessagesAsync(OwnedSession session) =>
        (await Engine.Messages.ListAsync(new MessageQuery(session.Row.UserId, session.Row.Id), Ct)).Messages;

    private protected async Task<IReadOnlyList<EventRow>> EventsAsync(Guid user) => await Engine.Events.ReadAsync(user, after: 0, limit: 1000, Ct);
}
