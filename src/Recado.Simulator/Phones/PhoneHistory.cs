using System.IO.Compression;
using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Media;
using SyncType = Recado.Protocol.Proto.HistorySyncNotification.Types.HistorySyncType;
using TransferType = Recado.Protocol.Proto.Conversation.Types.EndOfHistoryTransferType;

namespace Recado.Simulator.Phones;

/// <summary>
/// A phone's history, with the parts that it hands to a new companion already on the media host. Made outside the exchange's lock,
/// unchanged afterwards.
/// </summary>
internal sealed class PhoneHistory
{
    private const int NewestPerChat = 10, LargestInline = 32 * 1024, LargestPage = 500;

    private readonly Dictionary<string, WebMessageInfo> _byId = [];

    private PhoneHistory(HistoryPlan plan, HistorySeed seed, IReadOnlyList<PhoneChat> chats)
    {
        (Plan, Seed, Chats) = (plan, seed, chats);
        ClientTokenSalt = HMACSHA256.HashData(seed.Secret, "nct salt"u8);
        foreach (var message in chats.SelectMany(chat => chat.Messages))
            _byId[message.Key.Id] = message;
    }

    public HistoryPlan Plan { get; }

    public HistorySeed Seed { get; }

    public IReadOnlyList<PhoneChat> Chats { get; }

    /// <summary>What companions make tokens of for people who have not given them one.</summary>
    public byte[] ClientTokenSalt { get; }

    /// <summary>What a new companion gets, in this order.</summary>
    public IReadOnlyList<HistoryPart> Parts { get; private set; } = [];

    /// <summary>What it gets besides when it has asked for everything.</summary>
    public IReadOnlyList<HistoryPart> Rest { get; private set; } = [];

    /// <summary>Makes a history and uploads it.</summary>
    public static async Task<PhoneHistory> CreateAsync(HistoryPlan plan, HistorySeed seed, IReadOnlyDictionary<string, PrivacyToken> tokens, MediaStorage files)
    {
        var chats = await new HistoryMaker(plan, seed, (file, key) => UploadAsync(files, file, MediaKind.Image, key)).MakeAsync();
        var history = new PhoneHistory(plan, seed, chats);
        history.Parts =
        [
            await history.PartAsync(files, SyncType.InitialBootstrap, 1, 0, history.Initial(tokens)),
            await history.PartAsync(files, SyncType.PushName, 1, 0, history.Names()),
            await history.PartAsync(files, SyncType.NonBlockingData, 1, 0, history.Contacts()),
            .. await history.ChunksAsync(files, SyncType.Recent, NewestPerChat, plan.MessagesPerChat - plan.OnlyOnPhone),
        ];
        history.Rest = plan.OnlyOnPhone == 0
            ? []
            : await history.ChunksAsync(files, SyncType.Full, plan.MessagesPerChat - plan.OnlyOnPhone, plan.MessagesPerChat);
        return history;
    }

    public WebMessageInfo? Find(string messageId) => _byId.GetValueOrDefault(messageId);

    /// <summary>Messages of a chat that are older than a known one; <see langword="null"/> when the phone knows neither.</summary>
    public HistorySync? Older(Jid jid, string oldestId, int count)
    {
        if (Chats.FirstOrDefault(chat => chat.Is(jid)) is not { } chat || chat.Messages.FindIndex(m => m.Key.Id == oldestId) is not (>= 0 and var known))
            return null;

        var end = Math.Min(chat.Messages.Count, known + 1 + Math.Clamp(count, 1, LargestPage));
        var type = end == chat.Messages.Count
            ? TransferType.CompleteAndNoMoreMessageRemainOnPrimary
            : TransferType.CompleteOnDemandSyncButMoreMsgRemainOnPrimary;
        return new HistorySync
        {
            SyncType = SyncType.OnDemand,
            Progress = 100,
            Conversations = { Conversation(chat, known + 1, end, type) },
        };
    }

    /// <summary>A part as it travels, compressed.</summary>
    public static byte[] Compress(HistorySync part)
    {
        using var buffer = new MemoryStream();
        using (var zlib = new ZLibStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            part.WriteTo(zlib);

        return buffer.ToArray();
    }

    private HistorySync Initial(IReadOnlyDictionary<string, PrivacyToken> tokens)
    {
        var sync = new HistorySync { SyncType = SyncType.InitialBootstrap, NctSalt = ByteString.CopyFrom(ClientTokenSalt), CompanionMetaNonce = "nonce" };
        foreach (var chat in Chats)
        {
            var conversation = Conversation(chat, 0, Math.Min(NewestPerChat, Plan.MessagesPerChat - Plan.OnlyOnPhone), Remaining);
            conversation.UnreadCount = (uint)Plan.Unread;
            if (Plan.HasViews)
                Show(conversation, sync.Conversations.Count);
            if (chat.Person is { } person && tokens.TryGetValue(person.Phone.User, out var token))
            {
                conversation.TcToken = ByteString.CopyFrom(token.Value);
                conversation.TcTokenTimestamp = (ulong)token.Timestamp;
            }

            sync.Conversations.Add(conversation);
        }

        sync.PhoneNumberToLidMappings.AddRange(People.Select(p => new PhoneNumberToLidMapping { PnJid = p.Phone.ToString(), LidJid = p.Lid.ToString() }));
        return sync;
    }

    private void Show(Conversation conversation, int number)
    {
        var until = (uint)Seed.Until.ToUnixTimeSeconds();
        conversation.Archived = number == 0;
        if (number == 1)
            conversation.Pinned = until;
        else if (number == 2)
            conversation.MuteEndTime = until;
    }

    private HistorySync Names()
    {
        var sync = new HistorySync { SyncType = SyncType.PushName };
        sync.Pushnames.AddRange(People.Select(p => new Pushname { Id = p.Phone.ToString(), Pushname_ = p.Name }));
        return sync;
    }

    private HistorySync Contacts()
    {
        var sync = new HistorySync { SyncType = SyncType.NonBlockingData };
        sync.InlineContacts.AddRange(People.Select(p => new InlineContact { PnJid = p.Phone.ToString(), LidJid = p.Lid.ToString(), FullName = p.Name }));
        return sync;
    }

    private IEnumerable<HistoryPerson> People =>
        Chats.SelectMany(chat => chat.Person is { } person ? [person] : chat.People).Distinct();

    private TransferType Remaining => Plan.OnlyOnPhone > 0
        ? TransferType.CompleteButMoreMessagesRemainOnPrimary
        : TransferType.CompleteAndNoMoreMessageRemainOnPrimary;

    private async Task<IReadOnlyList<HistoryPart>> ChunksAsync(MediaStorage files, SyncType type, int from, int to)
    {
        List<HistorySync> chunks = [new() { SyncType = type }];
        var room = Plan.ChunkSize;
        foreach (var chat in Chats)
        {
            for (var start = from; start < to;)
            {
                if (room == 0)
                {
                    chunks.Add(new HistorySync { SyncType = type });
                    room = Plan.ChunkSize;
                }

                var end = Math.Min(to, start + room);
                chunks[^1].Conversations.Add(Conversation(chat, start, end, Remaining));
                room -= end - start;
                start = end;
            }
        }

        var parts = new List<HistoryPart>(chunks.Count);
        for (var i = 0; i < chunks.Count; i++)
            parts.Add(await PartAsync(files, type, (uint)i + 1, (uint)(100 * (i + 1) / chunks.Count), chunks[i]));

        return parts;
    }

    private async Task<HistoryPart> PartAsync(MediaStorage files, SyncType type, uint order, uint progress, HistorySync sync)
    {
        (sync.ChunkOrder, sync.Progress) = (order, progress);
        var bytes = Compress(sync);
        var key = HMACSHA256.HashData(Seed.Secret, (byte[])[(byte)type, .. BitConverter.GetBytes(order)]);
        var file = await UploadAsync(files, new MemoryStream(bytes), MediaKind.HistorySync, key);
        return new HistoryPart(type, order, progress, file, IsInline(type, bytes) ? bytes : null);
    }

    private bool IsInline(SyncType type, byte[] bytes) =>
        Plan.IsInline || (type is not (SyncType.Recent or SyncType.Full) && bytes.Length <= LargestInline);

    private static Conversation Conversation(PhoneChat chat, int from, int to, TransferType type)
    {
        var conversation = new Conversation
        {
            Id = chat.Jid.ToString(),
            Name = chat.Name,
            EndOfHistoryTransferType = type,
            ConversationTimestamp = chat.Messages.Count > 0 ? chat.Messages[0].MessageTimestamp : 0,
        };
        if (chat is { Person: { } person, Jid.IsLid: true })
            conversation.PnJid = person.Phone.ToString();

        for (var i = from; i < to; i++)
            conversation.Messages.Add(new HistorySyncMsg { Message = chat.Messages[i], MsgOrderId = (ulong)(chat.Messages.Count - i) });

        return conversation;
    }

    private static async Task<MediaReference> UploadAsync(MediaStorage files, Stream file, MediaKind kind, byte[] key)
    {
        var temporary = files.NewTemporaryPath();
        MediaReference reference;
        await using (var encrypted = File.Create(temporary))
            reference = await MediaCipher.EncryptAsync(file, encrypted, kind, key, CancellationToken.None);

        return reference with { DirectPath = files.Add(temporary, reference.EncryptedSha256) };
    }
}

/// <summary>A part of the history on the media host, and itself when it is small enough to travel in the notification.</summary>
internal sealed record HistoryPart(SyncType Type, uint Order, uint Progress, MediaReference File, byte[]? Inline)
{
    public ProtocolMessage Notify(bool isInline)
    {
        var notification = new HistorySyncNotification { SyncType = Type, ChunkOrder = Order, Progress = Progress };
        if (isInline && Inline is not null)
        {
            notification.InitialHistBootstrapInlinePayload = ByteString.CopyFrom(Inline);
        }
        else
        {
            notification.FileSha256 = ByteString.CopyFrom(File.Sha256);
            notification.FileEncSha256 = ByteString.CopyFrom(File.EncryptedSha256);
            notification.FileLength = (ulong)File.Length;
            notification.MediaKey = ByteString.CopyFrom(File.Key);
            notification.DirectPath = File.DirectPath;
            notification.EncHandle = Convert.ToHexStringLower(File.EncryptedSha256.AsSpan(0, 8));
        }

        return new ProtocolMessage { Type = ProtocolMessage.Types.Type.HistorySyncNotification, HistorySyncNotification = notification };
    }
}
