using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Simulator.Phones;

/// <summary>Somebody in a history.</summary>
internal sealed record HistoryPerson(string Name, Jid Phone, Jid Lid);

/// <summary>Makes up a history: the same from the same seed, so that it need not be saved.</summary>
internal sealed class HistoryMaker(HistoryPlan plan, HistorySeed seed, Func<Stream, byte[], Task<MediaReference>> uploadAsync)
{
    private const int Members = 5, MediaLength = 2_048;

    private static readonly string[] Options = ["yes", "no", "perhaps"];

    /// <summary>The chats with their messages, newest first.</summary>
    public async Task<IReadOnlyList<PhoneChat>> MakeAsync()
    {
        var chats = new List<PhoneChat>(plan.Chats);
        for (var number = 0; number < plan.Chats; number++)
        {
            var chat = number < plan.Chats - plan.Groups ? WithPerson(number) : Group(number);
            for (var index = 0; index < plan.MessagesPerChat; index++)
                chat.Messages.Add(await MessageAsync(chat, number, index));

            chats.Add(chat);
        }

        return chats;
    }

    /// <summary>Somebody the account knows: phones of the service first, then people who exist only here.</summary>
    public static HistoryPerson Person(HistorySeed seed, int number) => number < seed.Known.Count
        ? seed.Known[number]
        : new(
            $"Person {(number + 1).ToString(CultureInfo.InvariantCulture)}",
            new Jid((5_521_900_000_000 + number).ToString(CultureInfo.InvariantCulture), JidServer.PhoneNumber),
            new Jid((200_000_000_000_000 + number).ToString(CultureInfo.InvariantCulture), JidServer.Lid));

    private PhoneChat WithPerson(int number)
    {
        // Phones of today keep some chats under the LID and some still under the number.
        var person = Person(seed, number);
        return new PhoneChat(number % 2 == 0 ? person.Lid : person.Phone, person.Name, person, []);
    }

    private PhoneChat Group(int number) => new(
        new Jid($"12036340{number.ToString("D10", CultureInfo.InvariantCulture)}", JidServer.Group), $"Group {number.ToString(CultureInfo.InvariantCulture)}", null,
        [.. Enumerable.Range(0, Members).Select(m => Person(seed, number + m))]);

    private async Task<WebMessageInfo> MessageAsync(PhoneChat chat, int number, int index)
    {
        var isOwn = index % 3 == 0;
        var author = chat.Person ?? chat.People[index % chat.People.Count];
        var id = Id("message", number, index);
        var at = seed.Until - TimeSpan.FromMinutes(index) - TimeSpan.FromSeconds(number % 60);
        var info = new WebMessageInfo
        {
            Key = new MessageKey { RemoteJid = chat.Jid.ToString(), FromMe = isOwn, Id = id },
            MessageTimestamp = (ulong)at.ToUnixTimeSeconds(),
            Status = isOwn ? WebMessageInfo.Types.Status.Read : WebMessageInfo.Types.Status.DeliveryAck,
        };
        if (chat.IsGroup && !isOwn)
            info.Participant = info.Key.Participant = author.Lid.ToString();
        if (!isOwn)
            info.PushName = author.Name;

        if (chat.IsGroup && index == plan.MessagesPerChat - 1)
            info.MessageStubType = 20; // the group was created
        else if (Is(plan.PollEvery, index))
            MakePoll(info, chat, number, index, at);
        else if (plan.HasSealedVotes && !isOwn && IsPollOfOthers(index + 1))
            info.Message = SealedVote(info, chat, number, index + 1);
        else if (Is(plan.EventEvery, index))
            MakeEvent(info, chat, number, index, at);
        else if (!chat.IsGroup && Is(plan.MissedCallEvery, index))
            info.MessageStubType = 41;
        else if (Is(plan.MediaEvery, index))
            info.Message = await ImageAsync(number, index);
        else
            info.Message = new Message { Conversation = $"Message {index.ToString(CultureInfo.InvariantCulture)} of {chat.Name}" };

        if (Is(plan.ReactionEvery, index))
            info.Reactions.Add(new ReactionMessage { Key = OtherSide(chat, isOwn, Id("reaction", number, index)), Text = "👍", SenderTimestampMs = at.ToUnixTimeMilliseconds() + 1_000 });

        return info;
    }

    private void MakePoll(WebMessageInfo info, PhoneChat chat, int number, int index, DateTimeOffset at)
    {
        info.Message = MessageContentMapper.ToProto(new PollContent("Shall we?", Options, SelectableCount: 1));
        info.MessageSecret = ByteString.CopyFrom(Bytes("secret", number, index));
        if (plan.HasSealedVotes && IsPollOfOthers(index))
            return;

        info.PollUpdates.Add(new PollUpdate
        {
            PollUpdateMessageKey = OtherSide(chat, info.Key.FromMe, Id("vote", number, index)),
            Vote = new PollVoteMessage { SelectedOptions = { ByteString.CopyFrom(PollContent.HashOf(Options[0])) } },
            SenderTimestampMs = at.ToUnixTimeMilliseconds() + 1_000,
        });
    }

    private bool IsPollOfOthers(int index) => Is(plan.PollEvery, index) && index % 3 == 2 && index < plan.MessagesPerChat;

    /// <summary>The vote of somebody else in the poll that came just before.</summary>
    private Message SealedVote(WebMessageInfo info, PhoneChat chat, int number, int poll)
    {
        var (author, voter) = chat.Person is null ? (chat.People[poll % chat.People.Count].Lid, Jid.Parse(info.Participant)) : (chat.Jid, chat.Jid);
        var target = new MessageTarget(Id("message", number, poll), chat.Jid, IsFromActor: author == voter, chat.IsGroup ? author : null);
        var vote = PollVoteContent.For(target, [Options[1]]);
        return MessageContentMapper.ToProto(MessageSecret.Seal(vote, Bytes("secret", number, poll), author, voter, new Fixed(Bytes("iv", number, poll))));
    }

    private void MakeEvent(WebMessageInfo info, PhoneChat chat, int number, int index, DateTimeOffset at)
    {
        info.Message = MessageContentMapper.ToProto(new EventContent("Party", at + TimeSpan.FromDays(7)));
        info.MessageSecret = ByteString.CopyFrom(Bytes("secret", number, index));
        info.EventResponses.Add(new EventResponse
        {
            EventResponseMessageKey = OtherSide(chat, info.Key.FromMe, Id("answer", number, index)),
            EventResponseMessage = new EventResponseMessage { Response = EventResponseMessage.Types.EventResponseType.Going, TimestampMs = at.ToUnixTimeMilliseconds() + 1_000 },
        });
    }

    private async Task<Message> ImageAsync(int number, int index)
    {
        var bytes = new byte[MediaLength];
        var content = Bytes("image", number, index);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = content[i % content.Length];

        var reference = await uploadAsync(new MemoryStream(bytes), Bytes("media key", number, index));
        return MessageContentMapper.ToProto(new ImageContent(reference, $"Image {index.ToString(CultureInfo.InvariantCulture)}") { MimeType = "image/jpeg" });
    }

    /// <summary>The key of what the other side says about a message: the partner or a member, or the account itself.</summary>
    private static MessageKey OtherSide(PhoneChat chat, bool isOwn, string id)
    {
        var key = new MessageKey { RemoteJid = chat.Jid.ToString(), FromMe = !isOwn, Id = id };
        if (chat.IsGroup && isOwn)
            key.Participant = chat.People[0].Lid.ToString();
        return key;
    }

    private static bool Is(int every, int index) => every > 0 && index % every == every - 1;

    private string Id(string what, int number, int index) => Convert.ToHexString(Bytes(what, number, index).AsSpan(0, 16));

    private byte[] Bytes(string what, int number, int index) => HMACSHA256.HashData(
        seed.Secret, Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{what}/{number}/{index}")));

    /// <summary>The same bytes again after a restart.</summary>
    private sealed class Fixed(byte[] bytes) : IRandomSource
    {
        public void Fill(Span<byte> destination) => bytes.AsSpan(0, destination.Length).CopyTo(destination);
    }
}

/// <summary>What a history is made from.</summary>
/// <param name="Secret">Its ids, keys and secrets come from it.</param>
/// <param name="Until">When the newest messages were written.</param>
/// <param name="Known">The phones of the service that it has chats with.</param>
internal sealed record HistorySeed(byte[] Secret, DateTimeOffset Until, IReadOnlyList<HistoryPerson> Known);

/// <summary>A chat in a phone.</summary>
/// <param name="Jid">What the phone keeps it under.</param>
/// <param name="Name">What the phone calls it.</param>
/// <param name="Person">The partner; <see langword="null"/> in a group.</param>
/// <param name="People">The members of a group.</param>
internal sealed record PhoneChat(Jid Jid, string Name, HistoryPerson? Person, IReadOnlyList<HistoryPerson> People)
{
    public List<WebMessageInfo> Messages { get; } = [];

    public bool IsGroup => Person is null;

    public bool Is(Jid jid) => jid == Jid || (Person is { } person && (jid == person.Phone || jid == person.Lid));
}
