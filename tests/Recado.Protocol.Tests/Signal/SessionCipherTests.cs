using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

public sealed class SessionCipherTests
{
    private readonly Conversation _conversation = new();

    public static TheoryData<string> LowOrderKeys =>
    [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];

    private IRandomSource Random => _conversation.Random;

    [Fact]
    public void Start_WhenTheSignedPreKeyIsNotTheDevices_IsRefused()
    {
        var (bundle, _) = _conversation.NewBundle(1);
        var forged = bundle with { SignedPreKeyPublic = KeyPair.Generate(Random).PublicKey };

        Assert.Equal(SignalError.InvalidSignature, Refused(() => SessionCipher.Start(null, _conversation.Alice, forged, Random)));
    }

    [Fact]
    public void Start_WhenAKeyHasAnotherLength_IsRefused()
    {
        var (bundle, _) = _conversation.NewBundle(1);

        SignalError Start(PreKeyBundle changed) => Refused(() => SessionCipher.Start(null, _conversation.Alice, changed, Random));

        Assert.Equal(SignalError.InvalidMessage, Start(bundle with { PreKey = new byte[33] }));
        Assert.Equal(SignalError.InvalidMessage, Start(bundle with { IdentityKey = [] }));
        Assert.Equal(SignalError.InvalidMessage, Start(bundle with { PreKeyId = null }));
    }

    [Theory]
    [MemberData(nameof(LowOrderKeys))]
    public void Start_WhenTheOneTimePreKeyHasLowOrder_IsRefused(string key)
    {
        var (bundle, _) = _conversation.NewBundle(1);
        var weak = bundle with { PreKey = Convert.FromHexString(key) };

        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.Start(null, _conversation.Alice, weak, Random)));
    }

    [Theory]
    [MemberData(nameof(LowOrderKeys))]
    public void Decrypt_WhenTheRatchetKeyHasLowOrder_IsRefused(string key)
    {
        var (alice, bob) = _conversation.Establish();
        var body = Change(SessionCipher.Encrypt(alice, "x"u8).Body, message =>
            message.RatchetKey = PublicKey.Encode(Convert.FromHexString(key)));

        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.Decrypt(bob, body, Random)));
    }

    [Theory]
    [InlineData(0x06)]
    [InlineData(0x00)]
    public void Decrypt_WhenTheRatchetKeyHasAnotherTypeByte_IsRefused(byte type)
    {
        var (alice, bob) = _conversation.Establish();
        var body = Change(SessionCipher.Encrypt(alice, "x"u8).Body, message =>
            message.RatchetKey = ByteString.CopyFrom([type, .. message.RatchetKey.Span[1..]]));

        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.Decrypt(bob, body, Random)));
    }

    [Fact]
    public void Decrypt_WhenTheRatchetKeyLacksItsTypeByte_IsRefused()
    {
        var (alice, bob) = _conversation.Establish();
        var body = Change(SessionCipher.Encrypt(alice, "x"u8).Body, message =>
            message.RatchetKey = ByteString.CopyFrom(message.RatchetKey.Span[1..]));

        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.Decrypt(bob, body, Random)));
    }

    [Theory]
    [InlineData(0x23)]
    [InlineData(0x34)]
    [InlineData(0x43)]
    [InlineData(0x00)]
    public void Decrypt_WhenTheVersionIsAnother_IsRefused(byte version)
    {
        var (alice, bob) = _conversation.Establish();
        var body = SessionCipher.Encrypt(alice, "x"u8).Body;
        body[0] = version;

        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.Decrypt(bob, body, Random)));
        Assert.Equal(SignalError.InvalidMessage, Refused(() => SessionCipher.ReadHeader(body)));
    }

    [Fact]
    public void Decrypt_WhenFieldsComeInAnotherOrder_ChecksTheBytesAsReceived()
    {
        var (alice, bob) = _conversation.Establish();
        var state = alice.Current!;
        var seed = new byte[32];
        KeyDerivation.ChainStep(state.SenderChain.ChainKey.Span, seed, new byte[32]);
        var keys = new MessageKeys(seed, new byte[MessageKeys.Length]);

        // 33, then the fields 4, 2, 1 and one nobody knows; a parser that wrote them anew would compute another MAC
        byte[] message =
        [
            0x33,
            0x22, 16, .. AesCbc.Encrypt(keys.CipherKey, keys.Iv, "x"u8),
            0x10, (byte)state.SenderChain.Index,
            0x0A, 33, 5, .. state.SenderChain.RatchetPublicKey.Span,
            0x78, 1,
        ];
        var mac = new byte[MessageKeys.MacLength];
        keys.WriteMac(state.LocalIdentity.Span, state.RemoteIdentity.Span, message, mac);

        Assert.Equal("x"u8, SessionCipher.Decrypt(bob, [.. message, .. mac], Random).Plaintext);
    }

    [Fact]
    public void Decrypt_WhenRepeated_SaysOldCounter()
    {
        var (alice, bob) = _conversation.Establish();
        var body = SessionCipher.Encrypt(alice, "x"u8).Body;
        var received = SessionCipher.Decrypt(bob, body, Random).Record;

        Assert.Equal(SignalError.OldCounter, Refused(() => SessionCipher.Decrypt(received, body, Random)));
    }

    [Fact]
    public void Decrypt_WhenTwoThousandAreMissing_StillReads_AndOneMoreIsTooFar()
    {
        var (alice, bob) = _conversation.Establish();
        var (bodies, _) = Conversation.Send(alice, 2002);

        Assert.Equal([0xD0, 0x07], SessionCipher.Decrypt(bob, bodies[2000], Random).Plaintext);
        Assert.Equal(SignalError.TooFarIntoFuture, Refused(() => SessionCipher.Decrypt(bob, bodies[2001], Random)));
    }

    [Fact]
    public void Decrypt_WhenMoreThanTwoThousandWereSkipped_ForgetsTheOldest()
    {
        var (alice, bob) = _conversation.Establish();
        var (bodies, _) = Conversation.Send(alice, 2010);
        bob = SessionCipher.Decrypt(bob, bodies[2000], Random).Record; // skips 0 to 1999

        bob = SessionRecord.Parse(SessionCipher.Decrypt(bob, bodies[2003], Random).Record.Serialize()); // and 2001, 2002: 0 and 1 go

        var skipped = bob.Current!.ReceiverChains[^1].Skipped;
        Assert.Equal(MessageChain.MaxSkipped, skipped.Indexes.Count);
        Assert.Equal((2u, 2002u), (skipped.Indexes[0], skipped.Indexes[^1]));
        Assert.Equal(SignalError.OldCounter, Refused(() => SessionCipher.Decrypt(bob, bodies[1], Random)));
        Assert.Equal([2, 0], SessionCipher.Decrypt(bob, bodies[2], Random).Plaintext);
        Assert.Equal([0xD2, 0x07], SessionCipher.Decrypt(bob, bodies[2002], Random).Plaintext);
    }

    [Fact]
    public void Decrypt_WhenTheLargestCounterComes_IsTooFar()
    {
        var (alice, bob) = _conversation.Establish();
        var body = Change(SessionCipher.Encrypt(alice, "x"u8).Body, message => message.Counter = uint.MaxValue);

        Assert.Equal(SignalError.TooFarIntoFuture, Refused(() => SessionCipher.Decrypt(bob, body, Random)));
    }

    [Fact]
    public void Decrypt_AfterSixTurns_KnowsTheNewestFiveChains()
    {
        var (alice, bob) = _conversation.Establish();
        var (late, sent) = Conversation.Send(alice, 2);
        bob = SessionCipher.Decrypt(bob, late[0], Random).Record;
        alice = sent;
        for (var turn = 0; turn < 4; turn++)
            (alice, bob) = Turn(alice, bob);

        Assert.Equal(5, bob.Current!.ReceiverChains.Count);
        Assert.Equal([1, 0], SessionCipher.Decrypt(bob, late[1], Random).Plaintext);

        (_, bob) = Turn(alice, bob);

        Assert.Equal(5, bob.Current!.ReceiverChains.Count);
        Assert.Equal(SignalError.BadMac, Refused(() => SessionCipher.Decrypt(bob, late[1], Random)));
    }

    [Fact]
    public void Decrypt_WhenItFails_ChangesNothing()
    {
        var (alice, bob) = _conversation.Establish();
        var before = bob.Serialize();
        var (bodies, _) = Conversation.Send(alice, 50);
        var damaged = (byte[])bodies[49].Clone();
        damaged[^1] ^= 1;

        Assert.Equal(SignalError.BadMac, Refused(() => SessionCipher.Decrypt(bob, damaged, Random)));

        Assert.Equal(before, bob.Serialize());
        Assert.Equal([49, 0], SessionCipher.Decrypt(bob, bodies[49], Random).Plaintext);
    }

    [Fact]
    public void DecryptPreKey_WhenRepeatedAfterItWasRead_SaysOldCounter()
    {
        var (bundle, material) = _conversation.NewBundle(5);
        var first = SessionCipher.Encrypt(SessionCipher.Start(null, _conversation.Alice, bundle, Random), "x"u8);
        var received = SessionCipher.DecryptPreKey(null, _conversation.Bob, first.Body, material, Random);

        var error = Refused(() => SessionCipher.DecryptPreKey(received.Record, _conversation.Bob, first.Body, new(null, null), Random));

        Assert.Equal(5u, received.ConsumedPreKeyId);
        Assert.Equal(_conversation.Alice.KeyPair.PublicKey, received.RemoteIdentityKey);
        Assert.Equal(SignalError.OldCounter, error);
    }

    [Fact]
    public void DecryptPreKey_WhenTheFirstMessageWasLost_ReadsTheSecond()
    {
        var (bundle, material) = _conversation.NewBundle(5);
        var (bodies, _) = Conversation.Send(SessionCipher.Start(null, _conversation.Alice, bundle, Random), 3);

        var second = SessionCipher.DecryptPreKey(null, _conversation.Bob, bodies[1], material, Random);
        var third = SessionCipher.DecryptPreKey(second.Record, _conversation.Bob, bodies[2], new(null, null), Random);
        var late = SessionCipher.DecryptPreKey(third.Record, _conversation.Bob, bodies[0], new(null, null), Random);

        Assert.Equal([0, 0], late.Plaintext);
        Assert.Equal((5u, null, null), ((uint, uint?, uint?))(second.ConsumedPreKeyId!, third.ConsumedPreKeyId, late.ConsumedPreKeyId));
    }

    [Fact]
    public void DecryptPreKey_WhenAPreKeyIsMissing_SaysWhich()
    {
        var (bundle, material) = _conversation.NewBundle(5);
        var body = SessionCipher.Encrypt(SessionCipher.Start(null, _conversation.Alice, bundle, Random), "x"u8).Body;
        SignalError Receive(PreKeyMaterial keys) => Refused(() => SessionCipher.DecryptPreKey(null, _conversation.Bob, body, keys, Random));

        Assert.Equal(SignalError.NoSignedPreKey, Receive(new(null, material.PreKey)));
        Assert.Equal(SignalError.NoSignedPreKey, Receive(material with { SignedPreKey = material.SignedPreKey! with { Id = 2 } }));
        Assert.Equal(SignalError.NoOneTimePreKey, Receive(material with { PreKey = null }));
        Assert.Equal(SignalError.NoOneTimePreKey, Receive(material with { PreKey = material.PreKey! with { Id = 6 } }));
    }

    [Fact]
    public void DecryptPreKey_WhenNoOneTimePreKeyWasLeft_ReadsWithoutOne()
    {
        var (bundle, material) = _conversation.NewBundle(5);
        var start = SessionCipher.Start(null, _conversation.Alice, bundle with { PreKeyId = null, PreKey = null }, Random);

        var body = SessionCipher.Encrypt(start, "x"u8).Body;
        var received = SessionCipher.DecryptPreKey(null, _conversation.Bob, body, material with { PreKey = null }, Random);

        Assert.Null(received.ConsumedPreKeyId);
    }

    [Fact]
    public void DecryptPreKey_WhenTheBaseKeyComesUnderAnotherIdentity_IsRefused()
    {
        var (bundle, material) = _conversation.NewBundle(5);
        var first = SessionCipher.Encrypt(SessionCipher.Start(null, _conversation.Alice, bundle, Random), "x"u8);
        var received = SessionCipher.DecryptPreKey(null, _conversation.Bob, first.Body, material, Random);
        var message = PreKeyWhisperMessage.Parser.ParseFrom(first.Body.AsSpan(1));
        message.IdentityKey = PublicKey.Encode(KeyPair.Generate(Random).PublicKey);

        var error = Refused(() => SessionCipher.DecryptPreKey(
            received.Record, _conversation.Bob, [0x33, .. message.ToByteArray()], material, Random));

        Assert.Equal(SignalError.UntrustedIdentity, error);
    }

    [Fact]
    public void Encrypt_UntilThePeerAnswers_StaysAFirstMessage()
    {
        var (bundle, material) = _conversation.NewBundle(1);
        var first = SessionCipher.Encrypt(SessionCipher.Start(null, _conversation.Alice, bundle, Random), "1"u8);
        var second = SessionCipher.Encrypt(first.Record, "2"u8);
        var bob = SessionCipher.DecryptPreKey(null, _conversation.Bob, second.Body, material, Random);
        var answer = SessionCipher.Encrypt(bob.Record, "3"u8);
        var answered = SessionCipher.Decrypt(second.Record, answer.Body, Random);

        Assert.Equal((SignalMessageType.PreKey, SignalMessageType.PreKey), (first.Type, second.Type));
        Assert.Equal(SignalMessageType.Whisper, answer.Type);
        Assert.Equal(SignalMessageType.Whisper, SessionCipher.Encrypt(answered.Record, "4"u8).Type);
    }

    [Fact]
    public void Encrypt_WhenTheRecordHasNoCurrentSession_SaysNoSession()
    {
        var (alice, _) = _conversation.Establish();

        Assert.Equal(SignalError.NoSession, Refused(() => SessionCipher.Encrypt(alice.Archive(), "x"u8)));
    }

    private (SessionRecord Alice, SessionRecord Bob) Turn(SessionRecord alice, SessionRecord bob)
    {
        var question = SessionCipher.Encrypt(bob, "?"u8);
        alice = SessionCipher.Decrypt(alice, question.Body, Random).Record;
        var answer = SessionCipher.Encrypt(alice, "!"u8);
        return (answer.Record, SessionCipher.Decrypt(question.Record, answer.Body, Random).Record);
    }

    private static byte[] Change(byte[] body, Action<WhisperMessage> change)
    {
        var message = WhisperMessage.Parser.ParseFrom(body.AsSpan(1..^MessageKeys.MacLength));
        change(message);
        return [0x33, .. message.ToByteArray(), .. body[^MessageKeys.MacLength..]];
    }

    private static SignalError Refused(Func<object> action) => Assert.Throws<SignalException>(action).Error;
}
