using System.Buffers.Binary;
using System.Text;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Client.Secrets;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.History;
using Recado.Protocol.Messages;

namespace Recado.Client.History;

/// <summary>
/// Publishes one part of the history in batches, each with a mark of how far it goes. Reads the part twice: who is who comes behind the
/// chats, but has to be known before them.
/// </summary>
internal sealed class HistoryIngest(DeviceState state, OwnDevice own, MessageSecrets secrets)
{
    /// <summary>What the media hosts want to see when a part is deleted.</summary>
    public static readonly DeviceRecordKey NonceKey = Keys.Setting("companion_meta_nonce");

    private const int BatchSize = 200;

    private static readonly HistoryLimits Limits = new();

    /// <param name="jobId">What the mark is kept under.</param>
    /// <param name="kind">Which part it is.</param>
    /// <param name="compressed">The part; seekable.</param>
    /// <param name="mark">How many messages an earlier attempt has published.</param>
    /// <param name="ct">Gives up; what was published stays.</param>
    public async Task<Outcome> RunAsync(string jobId, HistoryKind kind, Stream compressed, int mark, CancellationToken ct)
    {
        await LearnAsync(compressed, ct).ConfigureAwait(false);
        compressed.Position = 0;

        var count = 0;
        HistoryConversation? last = null;
        var batch = new List<(HistoryConversation Chat, HistoryMessage Message, bool IsUnread)>(BatchSize);
        Publication? before = null;
        await foreach (var item in HistoryReader.ReadAsync(compressed, Limits, ct).ConfigureAwait(false))
        {
            if (item is not HistoryConversation chat || !IsChat(chat.Chat))
                continue;

            last = chat;
            await LearnAsync([chat], ct).ConfigureAwait(false);
            await TellAsync(kind, chat, ct).ConfigureAwait(false);
            foreach (var (message, isUnread) in InReadingOrder(chat, kind is HistoryKind.Initial ? chat.UnreadCount : 0))
            {
                if (++count <= mark)
                    continue;

                batch.Add((chat, message, isUnread));
                if (batch.Count == BatchSize)
                    before = await PublishAsync(jobId, kind, batch, count, before, ct).ConfigureAwait(false);
            }
        }

        if (batch.Count > 0)
            await PublishAsync(jobId, kind, batch, count, before, ct).ConfigureAwait(false);
        return new(count, last?.Chat, last?.HasMore);
    }

    /// <summary>Newest first, so that the first ones are unread; but what the secret of another message opens comes behind that one.</summary>
    private static IEnumerable<(HistoryMessage Message, bool IsUnread)> InReadingOrder(HistoryConversation chat, uint unread) => chat.Messages
        .Select(message => (message, !message.FromMe && unread > 0 && unread-- > 0))
        .ToList()
        .OrderBy(entry => entry.message.Content is EncryptedContent);

    private static bool IsChat(Jid chat) => chat.IsGroup || chat.IsPhoneNumber || chat.IsLid;

    /// <summary>Publishes a batch once the one before the last is saved: at most two wait for the reader, however slow it is.</summary>
    private async Task<Publication> PublishAsync(
        string jobId,
        HistoryKind kind,
        List<(HistoryConversation Chat, HistoryMessage Message, bool IsUnread)> batch,
        int count,
        Publication? before,
        CancellationToken ct)
    {
        if (before is not null)
            await before.WaitUntilDurableAsync(ct).ConfigureAwait(false);

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var writer = new HistoryRows(device, own, secrets);
        foreach (var (chat, message, isUnread) in batch)
            await writer.AddAsync(chat.Chat, message, isUnread, ct).ConfigureAwait(false);

        var mark = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(mark, count);
        device.Put(Keys.HistoryMark(jobId), mark);
        device.Events.Add(new HistoryReceived(kind, writer.Rows));
        batch.Clear();
        return device.Publish();
    }

    /// <summary>Only the first part shows chats as they are; what was asked for tells nothing but messages.</summary>
    private async ValueTask TellAsync(HistoryKind kind, HistoryConversation chat, CancellationToken ct)
    {
        if (kind is HistoryKind.OnDemand)
            return;

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var (name, phone, lid) = await device.NamesAsync(chat.Chat, ct).ConfigureAwait(false);
        device.Events.Add(new ChatFound(name)
        {
            Name = chat.Name,
            PhoneNumber = phone,
            Lid = lid,
            LastAt = chat.LastActivityAt,
            Expiration = chat.Expiration,
            View = kind is HistoryKind.Initial ? new(chat.IsArchived, chat.PinnedAt, chat.MutedUntil) : null,
        });
        device.Publish();
    }

    private async Task LearnAsync(Stream compressed, CancellationToken ct)
    {
        var batch = new List<HistoryItem>(BatchSize);
        await foreach (var item in HistoryReader.ReadAsync(compressed, Limits, withChats: false, ct).ConfigureAwait(false))
        {
            batch.Add(item);
            if (batch.Count == BatchSize)
                await LearnAsync(batch, ct).ConfigureAwait(false);
        }

        if (batch.Count > 0)
            await LearnAsync(batch, ct).ConfigureAwait(false);
    }

    private async Task LearnAsync(List<HistoryItem> items, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var item in items)
            await LearnAsync(device, item, ct).ConfigureAwait(false);

        items.Clear();
        if (!device.Changes.IsEmpty || device.Events.Count > 0)
            device.Publish();
    }

    private async ValueTask LearnAsync(DeviceTransaction device, HistoryItem item, CancellationToken ct)
    {
        switch (item)
        {
            case HistoryMapping mapping:
                await MapAsync(device, mapping.PhoneNumber, mapping.Lid, ct).ConfigureAwait(false);
                break;
            case HistoryContact contact:
                await MapAsync(device, contact.PhoneNumber, contact.Lid, ct).ConfigureAwait(false);
                break;
            case HistoryPushName { Name: var name, User: var user }:
                if (own.Paired.IsOwn(user))
                    await PushName.TakeAsync(device, own, name, ct).ConfigureAwait(false);
                else
                    await HearNameAsync(device, user, name, ct).ConfigureAwait(false);
                break;
            case HistorySecrets { ClientTokenSalt: { } salt }:
                device.Put(TrustedContacts.SaltKey, salt);
                break;
            case HistorySecrets { DeletionNonce: { } nonce }:
                device.Put(NonceKey, Encoding.UTF8.GetBytes(nonce));
                break;
            case HistoryConversation { Chat.IsGroup: false } chat:
                await MapAsync(device, chat.PhoneNumber, chat.Lid, ct).ConfigureAwait(false);
                await TakeTokenAsync(device, chat, ct).ConfigureAwait(false);
                break;
        }
    }

    private static async ValueTask HearNameAsync(DeviceTransaction device, Jid user, string name, CancellationToken ct)
    {
        var (canonical, phone, lid) = await device.NamesAsync(user, ct).ConfigureAwait(false);
        var contactName = await ContactNames.FindAsync(device, lid, phone, ct).ConfigureAwait(false);
        device.Events.Add(new PushNameChanged(canonical, name) { ContactName = contactName });
    }

    private static async ValueTask TakeTokenAsync(DeviceTransaction device, HistoryConversation chat, CancellationToken ct)
    {
        if (chat.TrustedContactToken is null && chat.OwnTokenIssuedAt is null)
            return;

        var user = await device.CanonicalAsync(chat.Chat, ct).ConfigureAwait(false);
        if (chat is { TrustedContactToken: { } token, TrustedContactTokenAt: { } at })
            await TrustedContacts.StoreAsync(device, user, at.ToUnixTimeSeconds(), token, ct).ConfigureAwait(false);
        if (chat.OwnTokenIssuedAt is { } issued)
            await TrustedContacts.StoreIssuedAsync(device, user, issued.ToUnixTimeSeconds(), ct).ConfigureAwait(false);
    }

    /// <summary>What the service has told of two names counts more than what the phone remembers.</summary>
    private static async ValueTask MapAsync(DeviceTransaction device, Jid? phone, Jid? lid, CancellationToken ct)
    {
        if (phone is { } number && lid is { } name
            && await device.LidOfAsync(number, ct).ConfigureAwait(false) is null
            && await device.PhoneNumberOfAsync(name, ct).ConfigureAwait(false) is null)
            await device.LearnAsync(number, name, ct).ConfigureAwait(false);
    }

    /// <summary>What became of a part.</summary>
    /// <param name="Messages">How many messages it held.</param>
    /// <param name="Chat">The last chat in it; of what was asked for there is one.</param>
    /// <param name="HasMore">Whether the phone has older messages of that chat.</param>
    internal readonly record struct Outcome(int Messages, Jid? Chat, bool? HasMore);
}
