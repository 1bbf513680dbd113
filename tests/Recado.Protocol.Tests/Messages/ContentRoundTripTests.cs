using System.Text.Json;
using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Tests.Messages;

public sealed class ContentRoundTripTests
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static TheoryData<int, string> Kinds => [.. ContentSamples.All.Select((content, at) => (at, content.GetType().Name))];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Content_WhenWrittenAndRead_IsTheSame(int at, string kind)
    {
        var content = ContentSamples.All[at];

        var read = MessageContentMapper.FromProto(MessageContentMapper.Parse(MessageContentMapper.ToProto(content).ToByteArray()));

        Assert.Equal(kind, read.GetType().Name);
        Assert.Equal(Text(content), Text(read));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Content_WhenItsBytesAreMutilated_FailsTyped(int at, string kind)
    {
        var bytes = MessageContentMapper.ToProto(ContentSamples.All[at]).ToByteArray();

        var refused = Mutilations.AssertTyped(bytes, mutilated =>
        {
            var message = MessageContentMapper.Parse(mutilated);
            _ = MessageContentMapper.ToProto(MessageContentMapper.FromProto(message));
            _ = MessageTraits.Of(message);
        });

        Assert.True(refused > 0, kind);
    }

    [Fact]
    public void BusinessContent_WhenRead_IsReadableAndLosesNothing()
    {
        foreach (var (message, expected) in ContentSamples.Business)
        {
            var content = Assert.IsAssignableFrom<BusinessContent>(MessageContentMapper.FromProto(message));

            Assert.Equal(message, MessageContentMapper.ToProto(content));
            Assert.Equal(Text(expected), Text(content with { Protobuf = [] }));
            Mutilations.AssertTyped(message.ToByteArray(), bytes => MessageContentMapper.FromProto(MessageContentMapper.Parse(bytes)));
        }
    }

    [Fact]
    public void NoticeContent_WhenRead_IsReadableAndLosesNothing()
    {
        foreach (var (message, expected) in ContentSamples.Notices)
        {
            var content = Assert.IsAssignableFrom<NoticeContent>(MessageContentMapper.FromProto(message));

            Assert.Equal(message, MessageContentMapper.ToProto(content));
            Assert.Equal(Text(expected), Text(content with { Protobuf = [] }));
            Mutilations.AssertTyped(message.ToByteArray(), bytes => MessageContentMapper.FromProto(MessageContentMapper.Parse(bytes)));
        }
    }

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(0, double.PositiveInfinity)]
    [InlineData(90.1, 0)]
    [InlineData(0, -180.1)]
    public void FromProto_WhenAPlaceIsOffTheMap_IsUnsupported(double latitude, double longitude)
    {
        var message = new Message { LocationMessage = new() { DegreesLatitude = latitude, DegreesLongitude = longitude } };

        Assert.Equal("location", Assert.IsType<UnsupportedContent>(MessageContentMapper.FromProto(message)).Kind);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1_000_000_000_000_000)]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void FromProto_WhenATimeIsNone_LeavesItOut(long time)
    {
        var message = new Message { ReactionMessage = new() { Key = new() { Id = "3EB0AA" }, Text = "x", SenderTimestampMs = time } };

        Assert.Null(Assert.IsType<ReactionContent>(MessageContentMapper.FromProto(message)).At);
    }

    [Fact]
    public void FromProto_WhenACaptionIsEditedWithoutItsFile_IsAnEditOfTheText()
    {
        var edit = new ProtocolMessage { Key = new() { Id = "1" }, Type = ProtocolMessage.Types.Type.MessageEdit, EditedMessage = new() { VideoMessage = new() { Caption = "new" } } };

        Assert.Equal(new TextContent("new"), Assert.IsType<EditContent>(MessageContentMapper.FromProto(new Message { ProtocolMessage = edit })).Content);
    }

    [Fact]
    public void FromProto_WhenAnImageBelongsToAnAlbum_NamesItsHead()
    {
        var message = MessageContentMapper.ToProto(new ImageContent(new MediaReference("/v/a", [], [], [], 1)));
        message.MessageContextInfo = new() { MessageAssociation = new() { AssociationType = 1, ParentMessageKey = new() { Id = "3EB0AA", FromMe = true } } };

        var content = MessageContentMapper.FromProto(new Message { AssociatedChildMessage = new() { Message = message } });

        Assert.Equal("3EB0AA", Assert.IsType<ImageContent>(content).Album?.Id);
    }

    [Fact]
    public void FromProto_WhenAPollIsOfTheLatestForm_IsAPoll()
    {
        var poll = MessageContentMapper.ToProto(new PollContent("Where?", ["here", "there"])).PollCreationMessage;

        foreach (var message in new[] { new Message { PollCreationMessageV6 = poll }, new Message { PollCreationMessageV4 = new() { Message = new() { PollCreationMessage = poll } } } })
            Assert.Equal("Where?", Assert.IsType<PollContent>(MessageContentMapper.FromProto(message)).Question);
    }

    [Fact]
    public void FromProto_WhenAnEditIsEdited_IsUnsupported()
    {
        var edit = MessageContentMapper.ToProto(new EditContent(new("1", null, IsFromActor: true), new TextContent("x")));
        var nested = new Message { ProtocolMessage = new() { Key = new() { Id = "2" }, Type = ProtocolMessage.Types.Type.MessageEdit, EditedMessage = edit } };

        Assert.Equal("edit", Assert.IsType<UnsupportedContent>(MessageContentMapper.FromProto(nested)).Kind);
    }

    /// <summary>Records hold lists and arrays, which compare by reference; their text does not.</summary>
    private static string Text(MessageContent content) => JsonSerializer.Serialize<object>(content, Json);
}
