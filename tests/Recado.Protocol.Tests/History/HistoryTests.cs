using System.IO.Compression;
using System.Text;
using Google.Protobuf;
using Recado.Protocol.History;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.History;

/// <summary>Replays <c>media-history-sync</c>, and reads what the phone hands over of the past.</summary>
public sealed class HistoryTests
{
    private static HistoryVector Vector => VectorFile.Load<HistoryVector>("media/media-history-sync.json");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_WhenReplayed_GivesTheRecordedItems()
    {
        var vector = Vector;
        var reference = new MediaReference("/v/h", vector.MediaKey, vector.FileSha256, vector.FileEncSha256, vector.FileLength);
        using var compressed = new MemoryStream();

        await MediaCipher.DecryptAsync(new MemoryStream(vector.Encrypted), compressed, MediaKind.HistorySync, reference, 1 << 20, Ct);
        compressed.Position = 0;
        var items = await ReadAsync(compressed);

        Assert.Equal(vector.HkdfInfo, Encoding.ASCII.GetString(MediaKind.HistorySync.ToKeyLabel()));
        Assert.Equal(vector.Deflated, compressed.ToArray());
        var chat = Assert.IsType<HistoryConversation>(items[0]);
        Assert.Equal(new Jid("222", JidServer.Lid), chat.Chat);
        Assert.Equal(new("15551234567", JidServer.PhoneNumber), chat.PhoneNumber);
        var message = Assert.Single(chat.Messages);
        Assert.Equal("ABCDEF0123456789", message.Id);
        Assert.Equal(new TextContent("from history"), message.Content);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000), message.Timestamp);
        Assert.False(message.FromMe);
        Assert.Equal(new HistoryMapping(new("15551234567", JidServer.PhoneNumber), new("222", JidServer.Lid)), items[1]);
        Assert.Equal(2, items.Count);
        Assert.Equal(vector.Protobuf, HistorySync.Parser.ParseFrom(vector.Protobuf).ToByteArray());
    }

    [Fact]
    public async Task Read_WhenEveryKindOfItemOccurs_GivesThem()
    {
        var sync = new HistorySync
        {
            SyncType = HistorySyncNotification.Types.HistorySyncType.Recent,
            Conversations =
            {
                new Conversation
                {
                    Id = "120363@g.us", Name = "Group", UnreadCount = 2, Pinned = 1_700_000_000, MuteEndTime = 1_700_000_000_000_000,
                    EphemeralExpiration = 86_400, Archived = true,
                    EndOfHistoryTransferType = Conversation.Types.EndOfHistoryTransferType.CompleteAndNoMoreMessageRemainOnPrimary,
                    Messages =
                    {
                        new HistorySyncMsg
                        {
                            Message = new()
                            {
                                Key = new() { Id = "1", RemoteJid = "120363@g.us", Participant = "333@lid" },
                                MessageTimestamp = ulong.MaxValue,
                                MessageSecret = ByteString.CopyFrom(1, 2, 3),
                                Reactions = { new ReactionMessage { Key = new() { Id = "2", Participant = "444@lid" }, Text = "x" } },
                            },
                        },
                        new HistorySyncMsg { Message = new() { Key = new() { RemoteJid = "120363@g.us" } } },
                        new HistorySyncMsg(),
                    },
                },
                new Conversation { Id = "no jid" },
            },
            StatusV3Messages = { new WebMessageInfo { Key = new() { Id = "3", RemoteJid = "status@broadcast" } } },
            Pushnames = { new Pushname { Id = "333@lid", Pushname_ = "Ana" }, new Pushname { Id = "444@lid", Pushname_ = "-" } },
            PhoneNumberToLidMappings = { new PhoneNumberToLidMapping { PnJid = "333@lid", LidJid = "333@lid" } },
            NctSalt = ByteString.CopyFrom(9),
            CompanionMetaNonce = "nonce",
            InlineContacts = { new InlineContact { PnJid = "555@s.whatsapp.net", FullName = "Bia" } },
        };

        var items = await ReadAsync(Compress(sync.ToByteArray()));

        Assert.Equal(
            ["HistoryConversation", "HistoryStatus", "HistoryPushName", "HistorySecrets", "HistorySecrets", "HistoryContact"],
            items.Select(item => item.GetType().Name));
        var chat = Assert.IsType<HistoryConversation>(items[0]);
        var message = Assert.Single(chat.Messages);
        Assert.Null(message.Timestamp);
        Assert.Null(message.Content);
        Assert.Equal(new Jid("333", JidServer.Lid), message.Author);
        Assert.Equal([1, 2, 3], message.Secret);
        Assert.Equal("x", Assert.Single(message.Reactions).Emoji);
        Assert.False(chat.HasMore);
        Assert.Equal(TimeSpan.FromDays(1), chat.Expiration);
    }

    [Fact]
    public async Task Read_WhenTheBytesAreMutilated_FailsTyped()
    {
        foreach (var bytes in Mutilations.Of(Vector.Deflated).Concat(Mutilations.Of(Vector.Protobuf).Select(b => Compress(b).ToArray())))
        {
            if (await Record.ExceptionAsync(() => ReadAsync(new MemoryStream(bytes))) is { } thrown)
                Assert.IsType<ProtocolException>(thrown);
        }
    }

    [Fact]
    public async Task Read_WhenItInflatesTooFar_Stops()
    {
        byte[] unknownField = [0xfa, 0x01, 0x80, 0x80, 0x80, 0x08]; // field 31, 16 MiB
        var bomb = Compress([.. unknownField, .. new byte[16 << 20]]);

        await Assert.ThrowsAsync<ProtocolException>(() => ReadAsync(bomb, new(MaxInflated: 1 << 20)));
        Assert.True(bomb.Length < 1 << 20);
    }

    [Fact]
    public async Task Read_WhenAnItemClaimsToBeHuge_DoesNotBelieveIt()
    {
        byte[] liar = [0x12, 0xff, 0xff, 0xff, 0x1f, 0x00]; // a chat of 64 MiB of which one byte is there
        var before = GC.GetAllocatedBytesForCurrentThread();

        await Assert.ThrowsAsync<ProtocolException>(() => ReadAsync(Compress(liar)));
        await Assert.ThrowsAsync<ProtocolException>(() => ReadAsync(Compress(liar), new(MaxItem: 1_000)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 8 << 20);
    }

    [Fact]
    public async Task Read_WhenThereAreManyChats_HoldsOneAtATime()
    {
        var chat = new Conversation { Id = "222@lid", Messages = { Enumerable.Range(0, 50).Select(Entry) } };
        var sync = new HistorySync();
        sync.Conversations.AddRange(Enumerable.Repeat(chat, 1_000));

        var count = 0;
        await foreach (var item in HistoryReader.ReadAsync(Compress(sync.ToByteArray()), new(), Ct))
            count += Assert.IsType<HistoryConversation>(item).Messages.Count;

        Assert.Equal(50_000, count);
    }

    [Fact]
    public void Notification_WhenItPointsNowhere_Refuses()
    {
        Assert.Throws<ProtocolException>(() => HistoryNotification.From(new() { SyncType = HistorySyncNotification.Types.HistorySyncType.Full }));

        var inline = HistoryNotification.From(new() { InitialHistBootstrapInlinePayload = ByteString.CopyFrom(1), Progress = 200 });

        Assert.Equal([1], inline.InlinePayload);
        Assert.Equal(100u, inline.Progress);
        Assert.Equal(HistoryKind.Initial, inline.Kind);
    }

    [Fact]
    public void Request_WhenMade_HasSecondsAndTheOwnSide()
    {
        var message = HistoryNotification.Request(
            new("222", JidServer.Lid), new("ABC", null, IsFromActor: true), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));

        var request = message.ProtocolMessage.PeerDataOperationRequestMessage.HistorySyncOnDemandRequest;
        Assert.Equal(1_700_000_000, request.OldestMsgTimestampMs);
        Assert.True(request.OldestMsgFromMe);
        Assert.Equal(50, request.OnDemandMsgCount);
        Assert.Equal(
            """<receipt id="1" type="hist_sync" to="555@s.whatsapp.net"/>""",
            HistoryNotification.Receipt("1", new("555", JidServer.PhoneNumber, 3)).ToString());
    }

    private static HistorySyncMsg Entry(int number) => new()
    {
        Message = new() { Key = new() { Id = $"{number}", RemoteJid = "222@lid" }, Message = new() { Conversation = "hello" } },
    };

    private static async Task<List<HistoryItem>> ReadAsync(Stream compressed, HistoryLimits? limits = null)
    {
        var items = new List<HistoryItem>();
        await foreach (var item in HistoryReader.ReadAsync(compressed, limits ?? new(), Ct))
            items.Add(item);

        return items;
    }

    private static MemoryStream Compress(byte[] protobuf)
    {
        var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(protobuf);

        compressed.Position = 0;
        return compressed;
    }

    internal sealed record HistoryVector(
        string Description,
        byte[] MediaKey,
        string HkdfInfo,
        byte[] Protobuf,
        byte[] Deflated,
        byte[] Encrypted,
        byte[] FileSha256,
        byte[] FileEncSha256,
        long FileLength);
}
