using System.IO.Compression;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.History;

/// <summary>What a part of the history may cost.</summary>
/// <param name="MaxInflated">Bytes of the whole part. Default: 1 GiB.</param>
/// <param name="MaxItem">Bytes of one item, such as a chat with its messages; held in memory. Default: 64 MiB.</param>
public sealed record HistoryLimits(long MaxInflated = 1L << 30, int MaxItem = 64 << 20);

/// <summary>Reads a part of the history item by item, so that memory holds one chat at a time.</summary>
public static class HistoryReader
{
    /// <inheritdoc cref="ReadAsync(Stream, HistoryLimits, bool, CancellationToken)"/>
    public static IAsyncEnumerable<HistoryItem> ReadAsync(Stream compressed, HistoryLimits limits, CancellationToken ct = default) =>
        ReadAsync(compressed, limits, withChats: true, ct);

    /// <summary>
    /// The items in the order of the phone. What cannot be told apart (a chat without a JID, a message without an id) is left out.
    /// </summary>
    /// <param name="compressed">The part as decrypted: a zlib stream (RFC 1950).</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="withChats">Whether to read chats and status updates too, rather than to pass over them.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProtocolException">The stream does not inflate, does not parse, or exceeds a limit
    /// (<see cref="ProtocolError.MalformedPayload"/>). Items read before that are good.</exception>
    public static async IAsyncEnumerable<HistoryItem> ReadAsync(
        Stream compressed, HistoryLimits limits, bool withChats, [EnumeratorCancellation] CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(compressed);
        ArgumentNullException.ThrowIfNull(limits);
        var inflated = new ZLibStream(compressed, CompressionMode.Decompress, leaveOpen: true);
        await using (inflated.ConfigureAwait(false))
        {
            var reader = new ProtobufStreamReader(inflated, limits);
            while (await reader.ReadTagAsync(ct).ConfigureAwait(false) is var tag and not 0)
            {
                if (WireFormat.GetTagWireType(tag) != WireFormat.WireType.LengthDelimited || !IsItem(WireFormat.GetTagFieldNumber(tag), withChats))
                    await reader.SkipAsync(tag, ct).ConfigureAwait(false);
                else if (Item(WireFormat.GetTagFieldNumber(tag), await reader.ReadBytesAsync(ct).ConfigureAwait(false)) is { } item)
                    yield return item;
            }
        }
    }

    private static bool IsItem(int field, bool withChats) => field switch
    {
        HistorySync.ConversationsFieldNumber or HistorySync.StatusV3MessagesFieldNumber => withChats,
        HistorySync.PushnamesFieldNumber or HistorySync.PhoneNumberToLidMappingsFieldNumber or HistorySync.CompanionMetaNonceFieldNumber
        or HistorySync.NctSaltFieldNumber or HistorySync.InlineContactsFieldNumber => true,
        _ => false,
    };

    private static HistoryItem? Item(int field, byte[] bytes) => field switch
    {
        HistorySync.ConversationsFieldNumber => Conversation(Parse(Proto.Conversation.Parser, bytes)),
        HistorySync.StatusV3MessagesFieldNumber =>
            HistoryMessage.From(Parse(WebMessageInfo.Parser, bytes)) is { } status ? new HistoryStatus(status) : null,
        HistorySync.PushnamesFieldNumber => PushName(Parse(Pushname.Parser, bytes)),
        HistorySync.PhoneNumberToLidMappingsFieldNumber => Mapping(Parse(PhoneNumberToLidMapping.Parser, bytes)),
        HistorySync.CompanionMetaNonceFieldNumber => new HistorySecrets(null, System.Text.Encoding.UTF8.GetString(bytes)),
        HistorySync.NctSaltFieldNumber => new HistorySecrets(bytes, null),
        _ => Contact(Parse(InlineContact.Parser, bytes)),
    };

    private static HistoryConversation? Conversation(Conversation chat)
    {
        if (chat.Id.ToJid() is not { } jid)
            return null;

        return new(jid, [.. chat.Messages.Select(entry => HistoryMessage.From(entry.Message)).OfType<HistoryMessage>()])
        {
            Name = chat.Name.OrNull() ?? chat.DisplayName.OrNull(),
            PhoneNumber = chat.PnJid.ToJid() ?? (jid.IsPhoneNumber ? jid : null),
            Lid = chat.LidJid.ToJid() ?? (jid.IsLid ? jid : null),
            UnreadCount = chat.UnreadCount,
            IsMarkedAsUnread = chat.MarkedAsUnread,
            IsArchived = chat.Archived,
            PinnedAt = UnixTime.FromSeconds(chat.Pinned),
            MutedUntil = Time(chat.MuteEndTime),
            LastActivityAt = Time(Math.Max(chat.ConversationTimestamp, chat.LastMsgTimestamp)),
            Expiration = chat.EphemeralExpiration.ToDuration(),
            HasMore = HasMore(chat),
            TrustedContactToken = chat.TcToken.OrNull(),
            TrustedContactTokenAt = Time(chat.TcTokenTimestamp),
            OwnTokenIssuedAt = Time(chat.TcTokenSenderTimestamp),
        };
    }

    private static bool? HasMore(Conversation chat) => !chat.HasEndOfHistoryTransferType
        ? null
        : chat.EndOfHistoryTransferType
            is Proto.Conversation.Types.EndOfHistoryTransferType.CompleteButMoreMessagesRemainOnPrimary
            or Proto.Conversation.Types.EndOfHistoryTransferType.CompleteOnDemandSyncButMoreMsgRemainOnPrimary;

    /// <summary>Whichever unit makes a time of it: most are given in seconds, the end of a mute in milliseconds.</summary>
    private static DateTimeOffset? Time(ulong seconds) => UnixTime.FromSeconds((long)Math.Min(seconds, long.MaxValue))
        ?? UnixTime.FromMilliseconds((long)Math.Min(seconds, long.MaxValue));

    /// <summary>A dash stands for no name.</summary>
    private static HistoryPushName? PushName(Pushname entry) =>
        entry.Id.ToJid() is { } user && entry.Pushname_ is { Length: > 0 } and not "-" ? new(user, entry.Pushname_) : null;

    private static HistoryMapping? Mapping(PhoneNumberToLidMapping entry) =>
        entry.PnJid.ToJid() is { IsPhoneNumber: true } phone && entry.LidJid.ToJid() is { IsLid: true } lid ? new(phone, lid) : null;

    private static HistoryContact Contact(InlineContact entry) =>
        new(entry.PnJid.ToJid(), entry.LidJid.ToJid(), entry.FullName.OrNull(), entry.FirstName.OrNull());

    private static T Parse<T>(MessageParser<T> parser, byte[] bytes)
        where T : class, IMessage<T> =>
        Protobuf.TryParse(parser, bytes) ?? throw ProtobufStreamReader.Malformed();
}
