using Recado.Protocol.Binary;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Media;

/// <summary>Paths, hosts, and the request for another upload; replays <c>media-retry</c>.</summary>
public sealed class MediaStanzaTests
{
    private static readonly Jid Phone = new("15550001", JidServer.PhoneNumber);

    private static RetryVectors Retry => VectorFile.Load<RetryVectors>("media/media-retry.json");

    private static MessageTarget Target => new(Retry.MessageId, new Jid("120363", JidServer.Group), IsFromActor: false, new Jid("222", JidServer.Lid));

    [Fact]
    public void Request_WhenReplayed_HasTheRecordedCiphertext()
    {
        var vectors = Retry;

        var receipt = MediaRetry.Request(Target, vectors.MediaKey, Phone.WithDevice(3), new ScriptedRandom(vectors.Request.Iv));

        Assert.Equal(vectors.RetryKey, MediaRetry.Key(vectors.MediaKey));
        Assert.Equal(vectors.Request.Ciphertext, receipt.Child("encrypt")!.Child("enc_p")!.Bytes.ToArray());
        Assert.Equal(vectors.Request.Iv, receipt.Child("encrypt")!.Child("enc_iv")!.Bytes.ToArray());
        Assert.Equal(Phone, receipt.JidOf("to"));
        Assert.Equal("""<rmr jid="120363@g.us" from_me="false" participant="222@lid"/>""", receipt.Child("rmr")!.ToString());
        Assert.True(MediaRetry.IsGenuine(receipt, vectors.MediaKey));
        Assert.False(MediaRetry.IsGenuine(receipt, new byte[32]));
    }

    [Fact]
    public void RequestHistory_WhenMade_BelongsToNoChat()
    {
        var receipt = MediaRetry.RequestHistory("3EB0AA", Retry.MediaKey, Phone, new SeededRandom(1));

        Assert.Null(receipt.Child("rmr"));
        Assert.Equal("peer", receipt["category"]);
        Assert.True(MediaRetry.IsGenuine(receipt, Retry.MediaKey));
    }

    [Fact]
    public void Answer_WhenReplayed_IsTheRecordedOne()
    {
        var vectors = Retry;
        var uploaded = new MediaRetryAnswer(vectors.MessageId, MediaRetryOutcome.Uploaded, vectors.Success.DirectPath);
        var notFound = new MediaRetryAnswer(vectors.MessageId, MediaRetryOutcome.NotFound);

        Assert.Equal(uploaded, MediaRetry.ParseAnswer(Notification(vectors.Success), vectors.MediaKey));
        Assert.Equal(notFound, MediaRetry.ParseAnswer(Notification(vectors.NotFound), vectors.MediaKey));
        foreach (var (answer, vector) in new[] { (uploaded, vectors.Success), (notFound, vectors.NotFound) })
        {
            var made = MediaRetry.Answer(answer, Target, vectors.MediaKey, new ScriptedRandom(vector.Iv));
            Assert.Equal(vector.Ciphertext, made.Child("encrypt")!.Child("enc_p")!.Bytes.ToArray());
        }
    }

    [Fact]
    public void ParseAnswer_WhenThePhoneHasNothing_SaysSo()
    {
        var notification = new Node("notification", [("id", "3EB0AA")], new Node("error", [("code", "2")]));

        Assert.Equal(new("3EB0AA", MediaRetryOutcome.NotFound), MediaRetry.ParseAnswer(notification, Retry.MediaKey));
    }

    [Fact]
    public void ParseAnswer_WhenItIsMutilated_RefusesAllOfThem()
    {
        var vectors = Retry;

        var refused = Mutilations.AssertTyped(
            vectors.Success.Ciphertext, bytes => MediaRetry.ParseAnswer(Notification(vectors.Success with { Ciphertext = bytes }), vectors.MediaKey));

        Assert.Equal(4 * vectors.Success.Ciphertext.Length, refused);
        Assert.Throws<ProtocolException>(() => MediaRetry.ParseAnswer(Notification(vectors.Success, id: "3EB0BB"), vectors.MediaKey));
        Assert.Throws<ProtocolException>(() => MediaRetry.ParseAnswer(new Node("notification", [("id", "1")]), vectors.MediaKey));
    }

    [Fact]
    public void MediaConnection_WhenAnswered_IsRead()
    {
        var connection = new MediaConnection("a/b", ["mmg.whatsapp.net", "media.whatsapp.net"], TimeSpan.FromMinutes(5), TimeSpan.FromHours(6));

        var parsed = MediaConnection.Parse(new Node("iq", [], connection.ToNode()));

        Assert.Equal(connection.Hosts, parsed.Hosts);
        Assert.Equal(connection with { Hosts = parsed.Hosts }, parsed);
        Assert.Equal("""<iq id="1" xmlns="w:m" type="set" to="s.whatsapp.net"><media_conn/></iq>""", MediaConnection.Request("1").ToString());
    }

    [Theory]
    [InlineData("evil.example/path")]
    [InlineData("user@evil.example")]
    [InlineData("")]
    public void MediaConnection_WhenAHostIsNone_Refuses(string host)
    {
        var connection = new MediaConnection("a", [host], TimeSpan.Zero, TimeSpan.Zero);

        Assert.Throws<ProtocolException>(() => MediaConnection.Parse(new Node("iq", [], connection.ToNode())));
    }

    [Fact]
    public void Paths_WhenBuilt_AreEscaped()
    {
        byte[] hash = [0xFB, 0xFF, 0xFE, 0x00];

        Assert.Equal("/mms/image/-__-AA==?auth=a%2Fb&token=-__-AA%3D%3D", MediaPaths.Upload(MediaKind.Sticker, hash, "a/b"));
        Assert.Equal("/newsletter/newsletter-video/-__-AA==?auth=a&token=-__-AA%3D%3D", MediaPaths.UploadToChannel(MediaKind.Video, hash, "a"));
        Assert.Equal("/v/x?y=1&hash=-__-AA%3D%3D&mms-type=md-msg-hist&__wa-mms=", MediaPaths.Download(MediaKind.HistorySync, "/v/x?y=1", hash));
        Assert.Equal("/v/x?hash=-__-AA%3D%3D&mms-type=image&__wa-mms=", MediaPaths.Download(MediaKind.Image, "/v/x", hash));
        Assert.Equal(
            "/mms/md-msg-hist/-__-AA==?token=-__-AA%3D%3D&auth=a&d_md=L3YveA&e_handle=h",
            MediaPaths.Delete(MediaKind.HistorySync, "/v/x?y=1", hash, "a", "h"));
    }

    [Theory]
    [InlineData("@evil.example/x")]
    [InlineData(".evil.example/x")]
    [InlineData("//evil.example/x")]
    [InlineData("/\\evil.example")]
    [InlineData("/x\r\nHost: y")]
    [InlineData("")]
    public void Download_WhenThePathNamesAHost_Refuses(string path) =>
        Assert.Throws<ProtocolException>(() => MediaPaths.Download(MediaKind.Image, path, []));

    private static Node Notification(AnswerVector vector, string? id = null) => new(
        "notification",
        [("id", id ?? Retry.MessageId), ("type", "mediaretry")],
        Node.Of("encrypt", Node.Of("enc_p", vector.Ciphertext), Node.Of("enc_iv", vector.Iv)));

    internal sealed record RetryVectors(
        string Description, byte[] MediaKey, string MessageId, byte[] RetryKey, RequestVector Request, AnswerVector Success, AnswerVector NotFound);

    internal sealed record RequestVector(byte[] Iv, byte[] PlaintextProto, byte[] Ciphertext);

    internal sealed record AnswerVector(byte[] Iv, byte[] PlaintextProto, byte[] Ciphertext, string Result, string? DirectPath = null);
}
