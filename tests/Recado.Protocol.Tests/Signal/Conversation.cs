using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

/// <summary>Two devices that talk to each other, with keys that are the same in every run.</summary>
internal sealed class Conversation
{
    private readonly SeededRandom _random = new(42);

    public Conversation()
    {
        Alice = LocalIdentity.Generate(_random);
        Bob = LocalIdentity.Generate(_random);
        SignedPreKey = SignedPreKey.Create(1, Bob.KeyPair, _random);
    }

    public LocalIdentity Alice { get; }

    public LocalIdentity Bob { get; }

    public SignedPreKey SignedPreKey { get; }

    public IRandomSource Random => _random;

    /// <summary>A bundle of Bob's, with a one-time prekey of this id.</summary>
    public (PreKeyBundle Bundle, PreKeyMaterial Material) NewBundle(uint preKeyId)
    {
        var preKey = new PreKey(preKeyId, KeyPair.Generate(_random));
        var bundle = new PreKeyBundle(
            Bob.RegistrationId,
            Bob.KeyPair.PublicKey,
            preKey.Id,
            preKey.KeyPair.PublicKey,
            SignedPreKey.Id,
            SignedPreKey.KeyPair.PublicKey,
            SignedPreKey.Signature);
        return (bundle, new(SignedPreKey, preKey));
    }

    /// <summary>Both sides of a session after Alice's first message and Bob's first answer.</summary>
    public (SessionRecord Alice, SessionRecord Bob) Establish(uint preKeyId = 1, SessionRecord? alice = null, SessionRecord? bob = null)
    {
        var (bundle, material) = NewBundle(preKeyId);
        var first = SessionCipher.Encrypt(SessionCipher.Start(alice, Alice, bundle, _random), "hello"u8);
        var received = SessionCipher.DecryptPreKey(bob, Bob, first.Body, material, _random);
        var answer = SessionCipher.Encrypt(received.Record, "hi"u8);
        return (SessionCipher.Decrypt(first.Record, answer.Body, _random).Record, answer.Record);
    }

    /// <summary>Encrypts some messages in a row.</summary>
    public static (IReadOnlyList<byte[]> Bodies, SessionRecord Record) Send(SessionRecord record, int count)
    {
        var bodies = new List<byte[]>(count);
        for (var i = 0; i < count; i++)
        {
            var message = SessionCipher.Encrypt(record, [(byte)i, (byte)(i >> 8)]);
            bodies.Add(message.Body);
            record = message.Record;
        }

        return (bodies, record);
    }
}
