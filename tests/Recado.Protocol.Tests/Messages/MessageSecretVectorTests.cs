using System.Text;
using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Messages;

/// <summary>Replays <c>msg-secret</c>: what others say about a message, under the message's secret.</summary>
public sealed class MessageSecretVectorTests
{
    private static SecretVectors Vectors => VectorFile.Load<SecretVectors>("messages/msg-secret.json");

    private static MessageTarget Target => new(Vectors.OriginalMessageId, new Jid("222", JidServer.Lid), IsFromActor: true);

    public static TheoryData<EncryptedKind> Kinds =>
        [EncryptedKind.PollVote, EncryptedKind.EventResponse, EncryptedKind.Reaction, EncryptedKind.Comment, EncryptedKind.MessageEdit];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SealAndOpen_WhenReplayed_AreTheRecordedBytes(EncryptedKind kind)
    {
        var (vectors, vector) = (Vectors, Vector(kind));
        var (author, actor) = (Jid.Parse(vectors.OriginalSender), Jid.Parse(vector.Modifier ?? vectors.Modifier));
        var encrypted = new EncryptedContent(kind, Target, new(vector.Iv, vector.Ciphertext));

        var opened = MessageSecret.Open(encrypted, vectors.MessageSecret, [author], [actor]);
        var @sealed = MessageSecret.Seal(opened, vectors.MessageSecret, author, actor, new ScriptedRandom(vector.Iv));

        Assert.Equal(vector.Key, MessageSecret.Key(vectors.MessageSecret, vectors.OriginalMessageId, author, actor, vector.UseCase));
        Assert.Equal(vector.Plaintext, SecretPlaintext.Write(opened).Plaintext);
        Assert.Equal(kind, @sealed.Kind);
        Assert.Equal(vector.Ciphertext, @sealed.Payload.Ciphertext);
    }

    [Fact]
    public void Open_WhenTheNamesAreMixed_FindsTheOnesThatFit()
    {
        var (vectors, vote) = (Vectors, Vectors.PollVote);
        var encrypted = new EncryptedContent(EncryptedKind.PollVote, Target, new(vote.Iv, vote.Ciphertext));
        Jid[] authors = [Jid.Parse("15550001@s.whatsapp.net"), Jid.Parse(vectors.OriginalSender)];
        Jid[] actors = [Jid.Parse("15550002@s.whatsapp.net"), Jid.Parse(vectors.Modifier).WithDevice(3)];

        var opened = Assert.IsType<PollVoteContent>(MessageSecret.Open(encrypted, vectors.MessageSecret, authors, actors));

        Assert.Equal(vote.Selected, opened.Choices(vote.Options));
        Assert.Equal(vote.OptionHashes, vote.Options.Select(PollContent.HashOf));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Open_WhenTheCiphertextIsMutilated_RefusesAllOfThem(EncryptedKind kind)
    {
        var (vectors, vector) = (Vectors, Vector(kind));
        var (author, actor) = (Jid.Parse(vectors.OriginalSender), Jid.Parse(vector.Modifier ?? vectors.Modifier));

        var refused = Mutilations.AssertTyped(vector.Ciphertext, bytes =>
            MessageSecret.Open(new(kind, Target, new(vector.Iv, bytes)), vectors.MessageSecret, [author], [actor]));

        Assert.Equal(4 * vector.Ciphertext.Length, refused);
    }

    [Fact]
    public void Content_WhenReadFromTheRecordedPoll_IsPollAndVote()
    {
        var vote = Vectors.PollVote;

        var poll = Assert.IsType<PollContent>(MessageContentMapper.FromProto(MessageContentMapper.Parse(vote.PollCreationMessage)));
        var cast = Assert.IsType<EncryptedContent>(MessageContentMapper.FromProto(MessageContentMapper.Parse(vote.PollUpdateMessage)));

        Assert.Equal(vote.Options, poll.Options);
        Assert.Equal(EncryptedKind.PollVote, cast.Kind);
        Assert.Equal(vote.Ciphertext, cast.Payload.Ciphertext);
        Assert.Equal(vote.PollUpdateMessage, MessageContentMapper.ToProto(cast).ToByteArray());
    }

    [Fact]
    public void OpenBotAnswer_WhenReplayed_IsTheRecordedMessage()
    {
        var (vectors, bot) = (Vectors, Vectors.BotMessage);

        var answer = MessageSecret.OpenBotAnswer(
            new(bot.Iv, bot.Ciphertext), vectors.MessageSecret, vectors.OriginalMessageId, Jid.Parse(bot.TargetSender), Jid.Parse(bot.BotJid));

        Assert.Equal(bot.BotSecret, MessageSecret.BotSecret(vectors.MessageSecret));
        Assert.Equal(bot.Key, MessageSecret.Key(bot.BotSecret, vectors.OriginalMessageId, Jid.Parse(bot.TargetSender), Jid.Parse(bot.BotJid), use: ""));
        Assert.Equal(bot.Aad, Encoding.UTF8.GetBytes($"{vectors.OriginalMessageId}\0{bot.BotJid}"));
        Assert.Equal(bot.Plaintext, answer);
        Assert.Equal(new TextContent("bot answer"), MessageContentMapper.FromProto(MessageContentMapper.Parse(answer)));
        Assert.NotEmpty(bot.Note);
    }

    [Fact]
    public void Open_WhenWhatWasEncryptedIsNoMessage_FailsTyped()
    {
        var secret = Vectors.MessageSecret;
        var author = new Jid("111", JidServer.Lid);
        var noise = new CommentContent(Target, new UnsupportedContent("noise", new Message { Conversation = "x" }.ToByteArray()));
        var comment = MessageSecret.Seal(noise, secret, author, author, new SeededRandom(1));

        Assert.Throws<ProtocolException>(() => MessageSecret.Open(comment with { Kind = EncryptedKind.PollVote }, secret, [author], [author]));
        Assert.Throws<ArgumentException>(() => MessageSecret.Seal(new TextContent("x"), secret, author, author, new SeededRandom(1)));
    }

    private static SecretVector Vector(EncryptedKind kind)
    {
        var vectors = Vectors;
        return kind switch
        {
            EncryptedKind.PollVote => vectors.PollVote,
            EncryptedKind.EventResponse => vectors.EventResponse,
            EncryptedKind.Reaction => vectors.EncReaction,
            EncryptedKind.Comment => vectors.EncComment,
            _ => vectors.MessageEdit,
        };
    }

    internal sealed record SecretVectors(
        string Description,
        byte[] MessageSecret,
        string OriginalMessageId,
        string OriginalSender,
        string Modifier,
        PollVector PollVote,
        SecretVector EventResponse,
        SecretVector EncReaction,
        SecretVector EncComment,
        SecretVector MessageEdit,
        BotVector BotMessage);

    internal record SecretVector(string UseCase, byte[] Key, byte[] Iv, byte[] Aad, byte[] Plaintext, byte[] Ciphertext, string? Modifier = null);

    internal sealed record PollVector(
        IReadOnlyList<string> Options,
        IReadOnlyList<string> Selected,
        IReadOnlyList<byte[]> OptionHashes,
        string UseCase,
        byte[] Key,
        byte[] Iv,
        byte[] Aad,
        byte[] Plaintext,
        byte[] Ciphertext,
        byte[] PollUpdateMessage,
        byte[] PollCreationMessage) : SecretVector(UseCase, Key, Iv, Aad, Plaintext, Ciphertext);

    internal sealed record BotVector(
        string Note, byte[] BotSecret, string TargetSender, string BotJid, byte[] Key, byte[] Iv, byte[] Aad, byte[] Plaintext, byte[] Ciphertext);
}
