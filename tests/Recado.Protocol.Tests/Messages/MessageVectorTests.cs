using System.Security.Cryptography;
using System.Text;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Messages;

/// <summary>Replays <c>msg-id</c>, <c>msg-padding</c> and <c>msg-phash</c>.</summary>
public sealed class MessageVectorTests
{
    [Fact]
    public void MessageId_WhenReplayed_IsTheRecordedOne()
    {
        foreach (var expected in VectorFile.Load<IdVectors>("messages/msg-id.json").Cases)
        {
            var random = new ScriptedRandom(expected.Random16);

            var id = MessageId.Create(DateTimeOffset.FromUnixTimeSeconds(expected.UnixSeconds), expected.OwnPhoneUser, random);

            Assert.Equal(expected.Id, id);
            Assert.Equal(expected.Id, "3EB0" + Convert.ToHexString(SHA256.HashData(expected.Preimage)[..9]));
        }
    }

    [Fact]
    public void Padding_WhenReplayed_AddsAndRemovesTheRecordedBytes()
    {
        var vectors = VectorFile.Load<PaddingVectors>("messages/msg-padding.json");
        foreach (var expected in vectors.Cases)
        {
            var padded = MessagePadding.Pad(vectors.Message, new ScriptedRandom([(byte)(expected.Pad - 1)]));

            Assert.Equal(expected.Padded, padded);
            Assert.Equal(vectors.Message, MessagePadding.Unpad(padded).ToArray());
        }

        foreach (var bad in vectors.MustReject)
            Assert.Equal(SignalError.BadPadding, Assert.Throws<SignalException>(() => MessagePadding.Unpad(bad)).Error);
    }

    [Fact]
    public void Pad_WhateverIsDrawn_AddsOneToSixteenBytes()
    {
        for (var drawn = 0; drawn <= byte.MaxValue; drawn++)
        {
            var padded = MessagePadding.Pad([1, 2, 3], new ScriptedRandom([(byte)drawn]));

            Assert.InRange(padded.Length, 4, 19);
            Assert.Equal([1, 2, 3], MessagePadding.Unpad(padded).ToArray());
        }
    }

    [Fact]
    public void Unpad_WhenMoreThanSixteen_IsRefused() =>
        Assert.Throws<SignalException>(() => MessagePadding.Unpad([.. Enumerable.Repeat((byte)17, 40)]));

    [Fact]
    public void ParticipantHash_WhenReplayed_IsTheRecordedOne()
    {
        foreach (var expected in VectorFile.Load<HashVectors>("messages/msg-phash.json").Cases)
        {
            var devices = expected.Devices.Select(Jid.Parse).ToList();

            Assert.Equal(expected.Phash, ParticipantHash.Compute(devices));
            Assert.Equal(expected.Phash, ParticipantHash.Compute(Enumerable.Reverse(devices)));
            Assert.Equal(expected.Sorted, devices.Select(device => device.ToAdString()).Order(StringComparer.Ordinal));
            Assert.Equal(expected.Sha256, SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(expected.Sorted))));
        }
    }

    internal sealed record IdVectors(string Description, IReadOnlyList<IdVector> Cases);

    internal sealed record IdVector(long UnixSeconds, string OwnPhoneUser, byte[] Random16, byte[] Preimage, string Id);

    internal sealed record PaddingVectors(
        string Description, byte[] Message, IReadOnlyList<PaddingVector> Cases, IReadOnlyList<byte[]> MustReject);

    internal sealed record PaddingVector(int Pad, byte[] Padded);

    internal sealed record HashVectors(string Description, IReadOnlyList<HashVector> Cases);

    internal sealed record HashVector(IReadOnlyList<string> Devices, IReadOnlyList<string> Sorted, byte[] Sha256, string Phash);
}
