using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Tests.Messages;

public sealed class MessageContentMapperTests
{
    [Fact]
    public void FromProto_WhenPlainText_IsText() =>
        Assert.Equal(new TextContent("hello"), MessageContentMapper.FromProto(new Message { Conversation = "hello" }));

    [Fact]
    public void FromProto_WhenTextQuotesAMessage_HasTheQuote()
    {
        var message = new Message
        {
            ExtendedTextMessage = new()
            {
                Text = "hello",
                ContextInfo = new()
                {
                    StanzaId = "3EB0AA",
                    Participant = "222@lid",
                    QuotedMessage = new() { ExtendedTextMessage = new() { Text = "before", ContextInfo = new() { StanzaId = "3EB0BB" } } },
                },
            },
        };

        var quote = MessageContentMapper.FromProto(message).Context?.Quote;

        Assert.Equal(new QuotedMessage("3EB0AA", new Jid("222", JidServer.Lid), new TextContent("before")), quote);
    }

    [Fact]
    public void FromProto_WhenTheContextSaysNothing_HasNone()
    {
        var message = new Message { ExtendedTextMessage = new() { Text = "hello", ContextInfo = new() } };

        Assert.Equal(new TextContent("hello"), MessageContentMapper.FromProto(message));
    }

    [Fact]
    public void FromProto_WhenWrappedFiveTimes_ReadsTheInnermost()
    {
        Assert.Equal(new TextContent("hello"), MessageContentMapper.FromProto(Wrapped(5)));
        Assert.IsType<UnsupportedContent>(MessageContentMapper.FromProto(Wrapped(6)));
    }

    [Fact]
    public void FromProto_WhenSentFromAnotherDevice_IsNotUnwrapped()
    {
        var message = new Message { DeviceSentMessage = new() { DestinationJid = "222@lid", Message = new() { Conversation = "hello" } } };

        var content = Assert.IsType<UnsupportedContent>(MessageContentMapper.FromProto(message));

        Assert.Equal("device_sent", content.Kind);
    }

    [Theory]
    [InlineData("1a00", "image")]
    [InlineData("f20200", "reaction")]
    [InlineData("9a0200f20200", "reaction")] // context goes along with content
    [InlineData("62021000", "revoke")]
    [InlineData("6202100e", "edit")]
    [InlineData("6200", "protocol")] // no type at all is not a revoke
    [InlineData("6202107f", "protocol")]
    [InlineData("920300", "poll_vote")] // 50: no schema here, yet a name
    [InlineData("c20600", "unknown")] // 104
    [InlineData("1200", "sender_key_distribution")]
    [InlineData("", "unknown")]
    public void FromProto_WhenTheKindIsIncompleteOrUnknown_NamesIt(string hex, string kind)
    {
        var message = MessageContentMapper.Parse(Convert.FromHexString(hex));

        var content = Assert.IsType<UnsupportedContent>(MessageContentMapper.FromProto(message));

        Assert.Equal(kind, content.Kind);
        Assert.Equal(hex, Convert.ToHexStringLower(content.Protobuf));
        Assert.Equal(message, MessageContentMapper.ToProto(content));
    }

    [Fact]
    public void ToProto_WhenText_IsConversation() =>
        Assert.Equal("0a0568656c6c6f", Convert.ToHexStringLower(MessageContentMapper.ToProto(new TextContent("hello")).ToByteArray()));

    [Fact]
    public void Parse_WhenNotAMessage_FailsTyped() =>
        Assert.Equal(
            ProtocolError.MalformedPayload,
            Assert.Throws<ProtocolException>(() => MessageContentMapper.Parse([0x0a, 0x05, 0x68])).Error);

    [Fact]
    public void Parse_WhenNestedTooDeep_FailsTyped()
    {
        var bytes = new Message { Conversation = "x" }.ToByteString();
        for (var i = 0; i < 1000; i++)
            bytes = new Nested(bytes).Bytes;

        Assert.Throws<ProtocolException>(() => MessageContentMapper.Parse(bytes.Span));
    }

    private static Message Wrapped(int levels)
    {
        var message = new Message { Conversation = "hello" };
        for (var i = 0; i < levels; i++)
            message = new Message { EphemeralMessage = new() { Message = message } };

        return message;
    }

    /// <summary>One more ephemeral wrapper, written by hand: field 40, then field 1.</summary>
    private sealed record Nested(ByteString Inner)
    {
        public ByteString Bytes
        {
            get
            {
                using var stream = new MemoryStream();
                using var output = new CodedOutputStream(stream);
                output.WriteTag(40, WireFormat.WireType.LengthDelimited);
                output.WriteLength(CodedOutputStream.ComputeTagSize(1) + CodedOutputStream.ComputeBytesSize(Inner));
                output.WriteTag(1, WireFormat.WireType.LengthDelimited);
                output.WriteBytes(Inner);
                output.Flush();
                return ByteString.CopyFrom(stream.ToArray());
            }
        }
    }
}
