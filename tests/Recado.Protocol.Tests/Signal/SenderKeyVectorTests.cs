using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Signal;

public sealed class SenderKeyVectorTests
{
    private static SenderKeyVectors Vectors => VectorFile.Load<SenderKeyVectors>("signal/signal-senderkey.json");

    [Fact]
    public void Encrypt_WhenReplayed_GivesTheRecordedMessages()
    {
        var vectors = Vectors;
        var distribution = SenderKeyCipher.CreateDistribution(null, Draws(vectors));
        var record = distribution.Record;

        Assert.Equal(vectors.Skdm, distribution.Body);
        foreach (var expected in vectors.Messages)
        {
            var state = record.Newest!;
            var seed = new byte[32];
            KeyDerivation.ChainStep(state.ChainKey.Span, seed, new byte[32]);
            Assert.Equal(expected.Iteration, state.Iteration);
            Assert.Equal(expected.ChainKey, state.ChainKey.ToByteArray());
            Assert.Equal(expected.Seed, seed);
            Assert.Equal(expected.Ciphertext, AesCbc.Encrypt(expected.CipherKey, expected.Iv, expected.Plaintext));

            var random = new ScriptedRandom(expected.SignatureRandom64);
            var message = SenderKeyCipher.Encrypt(record, expected.Plaintext, random);

            Assert.Equal(expected.Wire, message.Body);
            Assert.Equal(0, random.Remaining);
            record = message.Record;
            if (record.Newest!.Iteration == 4)
                Assert.Equal(vectors.SkdmAtIteration4, SenderKeyCipher.CreateDistribution(record, new ScriptedRandom()).Body);
        }
    }

    [Fact]
    public void Decrypt_WhenMessagesComeOutOfOrder_FollowsTheRecording()
    {
        var vectors = Vectors;
        var record = SenderKeyCipher.ProcessDistribution(null, vectors.Skdm);
        foreach (var step in vectors.Receive)
        {
            var wire = vectors.Messages.Single(message => message.Iteration == step.Iteration).Wire;
            if (step.MustFail is not null)
            {
                Assert.Equal("duplicate", step.MustFail);
                Assert.Equal(SignalError.OldCounter, Assert.Throws<SignalException>(() => SenderKeyCipher.Decrypt(record, wire)).Error);
            }
            else
            {
                var message = SenderKeyCipher.Decrypt(record, wire);
                Assert.Equal(step.Plaintext, message.Plaintext);
                record = SenderKeyRecord.Parse(message.Record.Serialize());
            }

            Assert.Equal(step.StateAfter.NextIteration, record.Newest!.Iteration);
            Assert.Equal(step.StateAfter.ChainKey, record.Newest.ChainKey.ToByteArray());
            Assert.Equal(step.StateAfter.SkippedIterations, record.Newest.Skipped?.Indexes.ToArray() ?? []);
        }
    }

    [Fact]
    public void Decrypt_WhenTheSignatureWasChanged_IsRefused()
    {
        var vectors = Vectors;
        var record = SenderKeyCipher.ProcessDistribution(null, vectors.Skdm);

        var error = Assert.Throws<SignalException>(() => SenderKeyCipher.Decrypt(record, vectors.MustReject.Wire)).Error;

        Assert.Equal(SignalError.InvalidSignature, error);
    }

    [Fact]
    public void ProcessDistribution_WhenItComesLate_ReadsOnlyWhatFollows()
    {
        var vectors = Vectors;
        var record = SenderKeyCipher.ProcessDistribution(null, vectors.SkdmAtIteration4);

        Assert.Equal(vectors.Messages[4].Plaintext, SenderKeyCipher.Decrypt(record, vectors.Messages[4].Wire).Plaintext);
        Assert.Equal(
            SignalError.OldCounter, Assert.Throws<SignalException>(() => SenderKeyCipher.Decrypt(record, vectors.Messages[3].Wire)).Error);
    }

    [Fact]
    public void Message_WhenItCarriesTheDistribution_HasTheRecordedBytes()
    {
        var vectors = Vectors;
        var message = MessageContentMapper.Parse(vectors.MessageWrapper.Hex).SenderKeyDistributionMessage;

        Assert.Equal(vectors.GroupId, message.GroupId);
        Assert.Equal(vectors.Skdm, message.AxolotlSenderKeyDistributionMessage.ToByteArray());
        Assert.Equal(vectors.MessageWrapper.Hex, new Message { SenderKeyDistributionMessage = message }.ToByteArray());
        Assert.Equal("111_1:5", new SignalAddress(vectors.SenderAddress.Name, vectors.SenderAddress.Device).ToString());
    }

    [Fact]
    public void Parsers_WhenAMessageIsMutilated_FailWithTypedErrors()
    {
        var vectors = Vectors;
        var record = SenderKeyCipher.ProcessDistribution(null, vectors.Skdm);

        Mutilations.AssertTyped(vectors.Skdm, bytes => SenderKeyCipher.ProcessDistribution(null, bytes));
        Mutilations.AssertTyped(record.Serialize(), bytes => SenderKeyRecord.Parse(bytes));
        foreach (var message in vectors.Messages)
        {
            var wire = message.Wire;
            Assert.Equal(4 * wire.Length, Mutilations.AssertTyped(wire, bytes => SenderKeyCipher.Decrypt(record, bytes)));
        }
    }

    private static ScriptedRandom Draws(SenderKeyVectors vectors)
    {
        var id = BitConverter.GetBytes(vectors.KeyId);
        Array.Reverse(id);
        Assert.Equal(vectors.SigningPublic[1..], KeyPair.FromPrivateKey(vectors.SigningPrivate).PublicKey);
        return new(id, vectors.ChainKey, vectors.SigningPrivate);
    }

    internal sealed record SenderKeyVectors(
        string Description,
        string GroupId,
        Address SenderAddress,
        uint KeyId,
        byte[] ChainKey,
        byte[] SigningPrivate,
        byte[] SigningPublic,
        byte[] Skdm,
        IReadOnlyList<MessageVector> Messages,
        IReadOnlyList<ReceiveStep> Receive,
        Rejected MustReject,
        byte[] SkdmAtIteration4,
        Wrapper MessageWrapper);

    internal sealed record Address(string Name, uint Device);

    internal sealed record MessageVector(
        uint Iteration,
        byte[] ChainKey,
        byte[] Seed,
        byte[] Iv,
        byte[] CipherKey,
        byte[] Plaintext,
        byte[] Ciphertext,
        byte[] SignatureRandom64,
        byte[] Wire);

    internal sealed record ReceiveStep(uint Iteration, StateVector StateAfter, byte[]? Plaintext = null, string? MustFail = null);

    internal sealed record StateVector(uint NextIteration, byte[] ChainKey, IReadOnlyList<uint> SkippedIterations);

    internal sealed record Rejected(string Reason, byte[] Wire);

    internal sealed record Wrapper(string Note, byte[] Hex);
}
