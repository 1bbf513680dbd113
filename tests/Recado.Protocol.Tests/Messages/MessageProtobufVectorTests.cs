using System.Text.Json;
using Google.Protobuf;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Messages;

public sealed class MessageProtobufVectorTests
{
    private static ProtobufVectors Vectors => VectorFile.Load<ProtobufVectors>("messages/msg-protobuf.json");

    public static TheoryData<string> Names => [.. Vectors.Samples.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_WhenBuiltFromItsContent_HasTheRecordedBytes(string name)
    {
        var sample = Sample(name);

        var message = ProtoJson.Parse<Message>(sample.Json);

        Assert.Equal(sample.Hex, message.ToByteArray());
        Assert.Equal(message, MessageContentMapper.Parse(sample.Hex));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Mapper_WhenGivenAnyKind_LosesNothing(string name)
    {
        var message = MessageContentMapper.Parse(Sample(name).Hex);

        var content = MessageContentMapper.FromProto(message);

        if (content is UnsupportedContent { Kind: var kind })
            Assert.NotEqual("unknown", kind);
        var expected = MessageContentMapper.Unwrap(message);
        if (content is EventContent)
            expected.MessageContextInfo = null; // the secret belongs to the sending
        Assert.Equal(expected, MessageContentMapper.Unwrap(MessageContentMapper.ToProto(content)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parse_WhenTheBytesAreMutilated_FailsWithTypedErrors(string name) =>
        Mutilations.AssertTyped(Sample(name).Hex, bytes => MessageContentMapper.FromProto(MessageContentMapper.Parse(bytes)));

    [Fact]
    public void LidMigrationPayload_WhenParsed_HoldsTheMapping()
    {
        var payload = LidMigrationMappingSyncPayload.Parser.ParseFrom(Vectors.LidMigrationPayload);

        Assert.Equal(222ul, Assert.Single(payload.PnToLidMappings).AssignedLid);
        Assert.Equal(Vectors.LidMigrationPayload, payload.ToByteArray());
    }

    private static SampleVector Sample(string name) => Vectors.Samples.Single(sample => sample.Name == name);

    internal sealed record ProtobufVectors(string Description, IReadOnlyList<SampleVector> Samples, byte[] LidMigrationPayload);

    internal sealed record SampleVector(string Name, JsonElement Json, byte[] Hex);
}
