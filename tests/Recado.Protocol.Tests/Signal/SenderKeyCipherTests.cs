using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

public sealed class SenderKeyCipherTests
{
    private readonly SeededRandom _random = new(11);

    [Fact]
    public void Decrypt_WhenNothingIsKnown_SaysSo()
    {
        var own = SenderKeyCipher.CreateDistribution(null, _random);
        var other = SenderKeyCipher.CreateDistribution(null, _random);
        var body = SenderKeyCipher.Encrypt(own.Record, "x"u8, _random).Body;

        Assert.Equal(SignalError.NoSenderKey, Refused(() => SenderKeyCipher.Decrypt(null, body)));
        Assert.Equal(SignalError.NoSenderKeyState, Refused(() => SenderKeyCipher.Decrypt(other.Record, body)));
    }

    [Fact]
    public void Encrypt_WithTheKeyOfAnother_IsRefused()
    {
        var own = SenderKeyCipher.CreateDistribution(null, _random);
        var theirs = SenderKeyCipher.ProcessDistribution(null, own.Body);

        Assert.False(theirs.CanSend);
        Assert.Equal(SignalError.NoSenderKey, Refused(() => SenderKeyCipher.Encrypt(theirs, "x"u8, _random)));
    }

    [Fact]
    public void Decrypt_WhenTwoThousandAreMissing_StillReads_AndOneMoreIsTooFar()
    {
        var own = SenderKeyCipher.CreateDistribution(null, _random);
        var theirs = SenderKeyCipher.ProcessDistribution(null, own.Body);
        var record = own.Record;
        var bodies = new List<byte[]>();
        for (var i = 0; i < 2002; i++)
        {
            var message = SenderKeyCipher.Encrypt(record, "x"u8, _random);
            record = message.Record;
            bodies.Add(message.Body);
        }

        Assert.Equal("x"u8, SenderKeyCipher.Decrypt(theirs, bodies[2000]).Plaintext);
        Assert.Equal(SignalError.TooFarIntoFuture, Refused(() => SenderKeyCipher.Decrypt(theirs, bodies[2001])));
    }

    [Fact]
    public void ProcessDistribution_WhenRepeated_KeepsTheChainThatIsFurtherOn()
    {
        var own = SenderKeyCipher.CreateDistribution(null, _random);
        var message = SenderKeyCipher.Encrypt(own.Record, "x"u8, _random);
        var theirs = SenderKeyCipher.Decrypt(SenderKeyCipher.ProcessDistribution(null, own.Body), message.Body).Record;

        var repeated = SenderKeyCipher.ProcessDistribution(theirs, own.Body);

        Assert.Equal(theirs.Serialize(), repeated.Serialize());
        Assert.Equal(SignalError.OldCounter, Refused(() => SenderKeyCipher.Decrypt(repeated, message.Body)));
    }

    [Fact]
    public void ProcessDistribution_WhenTheIdComesWithAnotherSigningKey_DropsTheOldOne()
    {
        var own = SenderKeyCipher.CreateDistribution(null, _random);
        var other = SenderKeyCipher.CreateDistribution(null, _random);
        var message = SenderKeyCipher.Encrypt(own.Record, "x"u8, _random).Body;
        var imposter = other.Record.Newest!.Clone();
        imposter.Id = own.Record.Newest!.Id;
        var distribution = SenderKeyCipher.CreateDistribution(other.Record.Advance(0, imposter), _random).Body;

        var theirs = SenderKeyCipher.ProcessDistribution(SenderKeyCipher.ProcessDistribution(null, own.Body), distribution);

        Assert.Equal(1, theirs.States.Length);
        Assert.Equal(SignalError.InvalidSignature, Refused(() => SenderKeyCipher.Decrypt(theirs, message)));
    }

    [Fact]
    public void ProcessDistribution_WhenFiveAreKept_ForgetsTheOldest()
    {
        var distributions = Enumerable.Range(0, 6).Select(_ => SenderKeyCipher.CreateDistribution(null, _random)).ToList();

        SenderKeyRecord? record = null;
        foreach (var distribution in distributions)
            record = SenderKeyCipher.ProcessDistribution(record, distribution.Body);

        var oldest = SenderKeyCipher.Encrypt(distributions[0].Record, "x"u8, _random).Body;
        var second = SenderKeyCipher.Encrypt(distributions[1].Record, "x"u8, _random).Body;
        Assert.Equal(SenderKeyRecord.MaxStates, record!.States.Length);
        Assert.Equal(distributions[5].Record.KeyId, record.KeyId);
        Assert.Equal(SignalError.NoSenderKeyState, Refused(() => SenderKeyCipher.Decrypt(record, oldest)));
        Assert.Equal("x"u8, SenderKeyCipher.Decrypt(record, second).Plaintext);
    }

    private static SignalError Refused(Func<object> action) => Assert.Throws<SignalException>(action).Error;
}
