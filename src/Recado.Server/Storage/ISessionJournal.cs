using Recado.Client.Stores;

namespace Recado.Server.Storage;

/// <summary>
/// What the owner of a session writes. Every write carries the owner's lease and happens in one transaction with the check of it,
/// so that an owner that was replaced while it slept changes nothing.
/// </summary>
internal interface ISessionJournal
{
    /// <summary>Makes the caller the session's owner and fences every earlier one.</summary>
    /// <returns>The lease and the row, or null when there is no such session.</returns>
    Task<OwnedSession?> AcquireAsync(Guid sessionId, CancellationToken ct);

    /// <summary>
    /// The same, in order to run the session: one that was at rest becomes <c>connecting</c>, unless its user runs <paramref name="limit"/> others
    /// already. The row in the answer is the one before.
    /// </summary>
    Task<LeaseOutcome> AcquireToRunAsync(Guid sessionId, int limit, CancellationToken ct);

    /// <summary>Writes changes of the device, rows and events, all or nothing.</summary>
    /// <returns>False when the lease is no longer valid; nothing was written.</returns>
    /// <exception cref="StorageException">The database could not write; nothing was written.</exception>
    Task<bool> CommitAsync(SessionLease lease, DeviceChanges changes, IReadOnlyList<JournalEntry> entries, CancellationToken ct);

    /// <summary>Removes the session with everything that belongs to it.</summary>
    /// <returns>False when the lease is no longer valid; nothing was removed.</returns>
    Task<bool> PurgeAsync(SessionLease lease, CancellationToken ct);

    /// <summary>The device records of a session, decrypted. Read only: <see cref="CommitAsync"/> writes.</summary>
    IDeviceStore OpenDevice(Guid sessionId);

    /// <summary>Of the sessions with credentials, those that our keys cannot decrypt, with the reason.</summary>
    Task<IReadOnlyDictionary<Guid, string>> FindUnreadableAsync(CancellationToken ct);
}

/// <summary>The right to write for a session, until somebody else acquires it.</summary>
internal sealed record SessionLease(Guid SessionId, Guid UserId, long Epoch);

/// <summary>A session with the right to write for it.</summary>
internal sealed record OwnedSession(SessionLease Lease, SessionRow Row);

/// <summary>Result of <see cref="ISessionJournal.AcquireToRunAsync"/>.</summary>
internal abstract record LeaseOutcome
{
    private LeaseOutcome() { }

    public sealed record Acquired(OwnedSession Session) : LeaseOutcome;

    public sealed record NotFound : LeaseOutcome;

    public sealed record LimitReached : LeaseOutcome;
}

/// <summary>One thing to write for a session. The entries of a commit are written in their order.</summary>
internal abstract record JournalEntry
{
    private JournalEntry() { }

    /// <summary>The session's row as it is now: status, reason, phone number, LID, pairing, time of the last connection.</summary>
    public sealed record State(SessionRow Row) : JournalEntry;

    /// <summary>An event of the session's user. <paramref name="Payload"/> is a JSON object without <c>type</c> and <c>eventId</c>.</summary>
    public sealed record Event(string Type, string Payload) : JournalEntry;

    /// <summary>
    /// A message. If it is stored already nothing happens, not even <paramref name="Then"/>, unless the stored one is
    /// <see cref="MessageStatuses.Undecryptable"/> and this one is not: then it is replaced. It is linked to the lead of the person it is exchanged
    /// with, which may become more complete by it, or one with another lead; what happens to leads is told before <paramref name="Then"/>.
    /// </summary>
    /// <param name="File">The file that comes with it, to be fetched.</param>
    /// <param name="NewLead">
    /// The lead to make of its author, if the session's setting allows it, nobody has a lead of the author, and either it came by an ad or it is the
    /// first message of the author in this session.
    /// </param>
    public sealed record Message(MessageRow Row, Event? Then, PendingMedia? File = null, LeadRow? NewLead = null) : JournalEntry
    {
        /// <summary>Of a message to a group that we have sent, the JIDs of its members without us; none when they are not known.</summary>
        public IReadOnlyList<string> Members { get; init; } = [];
    }

    /// <summary>
    /// What became of the file of a message: in its row, and as <c>media</c> in the message's content. <paramref name="Content"/> is a JSON object.
    /// If the file waits no longer nothing happens, not even <paramref name="Then"/>.
    /// </summary>
    public sealed record Media(MediaRow Row, string Direction, string WhatsAppId, string Content, Event Then) : JournalEntry;

    /// <summary>
    /// A message's status moves forward. If it is there already, or no such message is stored, nothing happens, not even <paramref name="Then"/>.
    /// </summary>
    /// <param name="Member">
    /// Of a message to a group, whose receipt this is. <paramref name="Then"/> happens if this member's moves forward; the message follows the slowest of
    /// its members (<see cref="MemberStatus"/>), which <see cref="MemberReceipt.Whole"/> tells.
    /// </param>
    public sealed record Progress(string Direction, string WhatsAppId, string Status, Event? Then, MemberReceipt? Member = null) : JournalEntry;

    /// <summary>Members of a group are gone: messages that had not come all the way to them follow the slowest of the others.</summary>
    /// <param name="Participants">JIDs, by every name that is known.</param>
    /// <param name="Whole">What tells that the message with this id has come as far as this status.</param>
    public sealed record MembersLeft(string Chat, IReadOnlyList<string> Participants, Func<string, string, Event> Whole) : JournalEntry;

    /// <summary>A message waits to be sent: its row, and what to send. If it is stored already nothing happens.</summary>
    public sealed record Enqueued(MessageRow Row, ReadOnlyMemory<byte> Request, DateTimeOffset ExpiresAt) : JournalEntry;

    /// <summary>
    /// A message waits no longer. Its row goes as well, to make room for that of the sent message, unless its status has moved on.
    /// </summary>
    public sealed record Dequeued(string WhatsAppId) : JournalEntry;

    /// <summary>Received messages count as read. If none of them was unread nothing happens, not even <paramref name="Then"/>.</summary>
    public sealed record Read(IReadOnlyList<string> WhatsAppIds, Event Then) : JournalEntry;

    /// <summary>
    /// A chat goes by this name, or without one by what the other side last called itself. Nothing happens if there is no such chat.
    /// </summary>
    public sealed record ChatName(string Chat, string? Name) : JournalEntry;

    /// <summary>Somebody calls themselves this. The chat with them goes by it, now or when it comes into being.</summary>
    /// <param name="NamesChat">False when the chat goes by another name, out of the address book.</param>
    public sealed record PushName(string Jid, string Name, bool NamesChat = true) : JournalEntry;

    /// <summary>The account has this chat. If it is there already, it learns what is not null; the name of a person only if it has none.</summary>
    /// <param name="LastAt">When something last happened in it; if null it does not come into being by this.</param>
    public sealed record ChatFound(
        string Jid, bool IsGroup, string? Name, string? PhoneNumber, string? Lid, DateTimeOffset? LastAt, int? DisappearingSeconds, ChatView? View) : JournalEntry;

    /// <summary>Two JIDs are one user: the chat kept under the phone number continues under the LID, and two leads become one.</summary>
    public sealed record Merge(string PhoneNumberJid, string LidJid) : JournalEntry;
}

/// <param name="Participant">JID of the member.</param>
/// <param name="Whole">What tells that the message with this id has come as far as this status with all members.</param>
internal sealed record MemberReceipt(string Participant, DateTimeOffset At, Func<string, string, JournalEntry.Event> Whole);

/// <summary>How the phone shows a chat.</summary>
internal sealed record ChatView(bool IsArchived, DateTimeOffset? PinnedAt, DateTimeOffset? MutedUntil);
