using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using Recado.Protocol.Signal;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Signal;

public sealed class SessionVectorTests
{
    public static TheoryData<string, string> Scenarios => new()
    {
        { "signal/signal-x3dh.json", "x3dh-with-opk" },
        { "signal/signal-x3dh.json", "x3dh-without-opk" },
        { "signal/signal-ratchet.json", "ratchet-ping-pong" },
        { "signal/signal-ratchet.json", "ratchet-out-of-order" },
    };

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Agreement_WhenKeysAreRecorded_GivesTheRecordedSecrets(string file, string name)
    {
        var scenario = Load(file, name);
        var (alice, bob, x3dh) = (scenario.Alice, scenario.Bob, scenario.X3dh);
        var baseKey = KeyPair.FromPrivateKey(x3dh.AliceBaseKeyPair.Priv);
        var ratchetKey = KeyPair.FromPrivateKey(x3dh.AliceFirstRatchetKeyPair.Priv);
        var keys = new byte[KeyDerivation.RootStepLength];

        KeyDerivation.InitialKeys(x3dh.MasterSecret, keys);

        Assert.Equal(x3dh.AliceBaseKeyPair.Pub[1..], baseKey.PublicKey);
        Assert.Equal(x3dh.AliceFirstRatchetKeyPair.Pub[1..], ratchetKey.PublicKey);
        Assert.Equal(alice.IdentityPublic[1..], alice.Local.KeyPair.PublicKey);
        Assert.Equal(bob.IdentityPublic[1..], bob.Local.KeyPair.PublicKey);
        Assert.Equal(x3dh.Dh1, X25519.Agree(alice.IdentityPrivate, bob.SignedPreKeyPublic.AsSpan(1)));
        Assert.Equal(x3dh.Dh2, X25519.Agree(baseKey.PrivateKey, bob.IdentityPublic.AsSpan(1)));
        Assert.Equal(x3dh.Dh3, X25519.Agree(baseKey.PrivateKey, bob.SignedPreKeyPublic.AsSpan(1)));
        Assert.Equal(x3dh.Dh4, bob.PreKeyPublic is null ? null : X25519.Agree(baseKey.PrivateKey, bob.PreKeyPublic.AsSpan(1)));
        Assert.Equal(
            x3dh.MasterSecret, (byte[])[.. Enumerable.Repeat((byte)0xFF, 32), .. x3dh.Dh1, .. x3dh.Dh2, .. x3dh.Dh3, .. x3dh.Dh4 ?? []]);
        Assert.Equal((byte[])[.. x3dh.RootKey, .. x3dh.ChainKey], keys);
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Cipher_WhenAConversationIsReplayed_GivesTheRecordedBytesAndStates(string file, string name)
    {
        var scenario = Load(file, name);
        var wires = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var start = new ScriptedRandom(scenario.X3dh.AliceBaseKeyPair.Priv, scenario.X3dh.AliceFirstRatchetKeyPair.Priv);
        var records = new Dictionary<string, SessionRecord?>(StringComparer.Ordinal)
        {
            ["alice"] = SessionCipher.Start(null, scenario.Alice.Local, scenario.Bob.Bundle, start),
            ["bob"] = null,
        };
        Assert.Equal(0, start.Remaining);

        foreach (var step in scenario.Steps)
        {
            var random = new ScriptedRandom(step.GeneratedKeyPairs.Select(pair => pair.Priv));
            records[step.By] = step.Op switch
            {
                "encrypt" => ReplayEncrypt(step, records[step.By]!, wires),
                "decrypt" => ReplayDecrypt(step, scenario.Bob, records[step.By], wires[step.Id], random),
                _ => throw new InvalidOperationException($"Unknown operation {step.Op}."),
            };

            Assert.Equal(0, random.Remaining);
            if (step.StateAfter is not null)
                AssertState(step.StateAfter, records[step.By]!);
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Parsers_WhenAMessageIsMutilated_FailWithTypedErrors(string file, string name)
    {
        var scenario = Load(file, name);
        var bob = ReceiverOfFirst(scenario);
        var random = new SeededRandom(1);

        foreach (var step in scenario.Steps.Where(step => step.Wire is not null))
        {
            var refused = step.EncType == "pkmsg"
                ? Mutilations.AssertTyped(step.Wire!, bytes =>
                {
                    SessionCipher.ReadHeader(bytes);
                    SessionCipher.DecryptPreKey(null, scenario.Bob.Local, bytes, scenario.Bob.Material, random);
                })
                : Mutilations.AssertTyped(step.Wire!, bytes => SessionCipher.Decrypt(bob, bytes, random));
            Assert.True(refused > step.Wire!.Length);
        }
    }

    private static SessionRecord ReceiverOfFirst(SessionVectors.Scenario scenario) => SessionCipher.DecryptPreKey(
        null, scenario.Bob.Local, scenario.Steps[0].Wire, scenario.Bob.Material, new SeededRandom(2)).Record;

    private static SessionRecord ReplayEncrypt(SessionVectors.Step step, SessionRecord record, Dictionary<string, byte[]> wires)
    {
        var message = SessionCipher.Encrypt(record, step.Plaintext);

        Assert.Equal(step.EncType, message.Type.ToEncType());
        Assert.Equal(step.Wire, message.Body);
        AssertParsed(step.Parsed!, message);
        wires.Add(step.Id, message.Body);
        return message.Record;
    }

    private static SessionRecord? ReplayDecrypt(
        SessionVectors.Step step, SessionVectors.Responder bob, SessionRecord? record, byte[] wire, ScriptedRandom random)
    {
        var isFirst = Protobuf.TryParse(PreKeyWhisperMessage.Parser, wire.AsSpan(1)) is { HasMessage: true, HasBaseKey: true };
        DecryptedMessage Decrypt() => isFirst
            ? SessionCipher.DecryptPreKey(record, bob.Local, wire, bob.Material, random)
            : SessionCipher.Decrypt(record!, wire, random);

        if (step.MustFail)
        {
            Assert.Equal(SignalError.OldCounter, Assert.Throws<SignalException>(Decrypt).Error);
            return record;
        }

        var message = Decrypt();
        Assert.Equal(step.Plaintext, message.Plaintext);
        Assert.Equal(step.ConsumedPreKeyId, message.ConsumedPreKeyId);
        return message.Record;
    }

    private static void AssertParsed(SessionVectors.Parsed expected, EncryptedMessage message)
    {
        var body = message.Body;
        if (expected.PreKeyMessage is { } preKey)
        {
            var header = SessionCipher.ReadHeader(body);
            Assert.Equal(preKey.Version, body[0]);
            Assert.Equal(preKey.RegistrationId, header.RegistrationId);
            Assert.Equal(preKey.PreKeyId, header.PreKeyId);
            Assert.Equal(preKey.SignedPreKeyId, header.SignedPreKeyId);
            Assert.Equal(preKey.BaseKey[1..], header.BaseKey);
            Assert.Equal(preKey.IdentityKey[1..], header.IdentityKey);
            body = PreKeyFrame.Parse(body).Message.ToArray();
        }

        var whisper = WhisperMessage.Parser.ParseFrom(body.AsSpan(1..^MessageKeys.MacLength));
        Assert.Equal(expected.Whisper.Version, body[0]);
        Assert.Equal(expected.Whisper.RatchetKey, whisper.RatchetKey.ToByteArray());
        Assert.Equal(expected.Whisper.Counter, whisper.Counter);
        Assert.Equal(expected.Whisper.PreviousCounter, whisper.PreviousCounter);
        Assert.Equal(expected.Whisper.Ciphertext, whisper.Ciphertext.ToByteArray());
        Assert.Equal(expected.Whisper.Mac, body[^MessageKeys.MacLength..]);
    }

    /// <summary>Chains without a key were closed by the recording library; ours stay open, so only the open ones compare.</summary>
    private static void AssertState(SessionVectors.State expected, SessionRecord record)
    {
        var state = SessionRecord.Parse(record.Serialize()).Current!;
        Assert.Equal(expected.RootKey, state.RootKey.ToByteArray());
        Assert.Equal(expected.OurRatchetPub[1..], state.SenderChain.RatchetPublicKey.ToByteArray());
        Assert.Equal(expected.PreviousCounter, state.PreviousCounter);
        Assert.Equal(expected.PendingPreKey, state.PendingPreKey is not null);
        foreach (var chain in expected.Chains.Where(chain => chain.ChainKey is not null))
        {
            if (chain.Type == "sending")
            {
                Assert.Equal(chain.RatchetKey[1..], state.SenderChain.RatchetPublicKey.ToByteArray());
                Assert.Equal(chain.NextIndex, state.SenderChain.Index);
                Assert.Equal(chain.ChainKey, state.SenderChain.ChainKey.ToByteArray());
                continue;
            }

            var receiver = state.ReceiverChains.Single(c => c.RatchetKey.Span.SequenceEqual(chain.RatchetKey.AsSpan(1)));
            Assert.Equal(chain.NextIndex, receiver.Index);
            Assert.Equal(chain.ChainKey, receiver.ChainKey.ToByteArray());
            Assert.Equal(chain.Skipped, receiver.Skipped?.Indexes.ToArray() ?? []);
        }
    }

    private static SessionVectors.Scenario Load(string file, string name) =>
        VectorFile.Load<SessionVectors>(file).Scenarios.Single(scenario => scenario.Name == name);
}
