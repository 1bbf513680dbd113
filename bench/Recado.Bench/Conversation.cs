using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Bench;

/// <summary>
/// A Signal session between two devices, stopped at the interesting moments. Every operation goes from a stored record to a stored record,
/// as it does for a real message, and can be repeated: the records are immutable.
/// </summary>
internal sealed class Conversation
{
    private static readonly IRandomSource Random = RandomSource.System;
    private static readonly byte[] Text = new byte[64]; // a padded text message of usual length

    private readonly byte[] _beforeStep;
    private readonly byte[] _beforeMessage;
    private readonly byte[] _withNewKey;
    private readonly byte[] _withKnownKey;

    public Conversation()
    {
        var alice = new LocalIdentity(KeyPair.Generate(Random), 1);
        var bob = new LocalIdentity(KeyPair.Generate(Random), 2);
        var signed = SignedPreKey.Create(1, bob.KeyPair, Random);
        var bundle = new PreKeyBundle(
            bob.RegistrationId, bob.KeyPair.PublicKey, PreKeyId: null, PreKey: null, signed.Id, signed.KeyPair.PublicKey, signed.Signature);

        // Two turns of conversation, so that nothing measured below is a prekey message.
        var opening = SessionCipher.Encrypt(SessionCipher.Start(null, alice, bundle, Random), Text);
        var ours = SessionCipher.DecryptPreKey(null, bob, opening.Body, new PreKeyMaterial(signed, null), Random).Record;
        var theirs = opening.Record;
        Say(ref ours, ref theirs);
        Say(ref theirs, ref ours);
        Say(ref ours, ref theirs);

        var first = SessionCipher.Encrypt(theirs, Text); // we have not seen this ratchet key
        _withNewKey = first.Body;
        _beforeStep = ours.Serialize();
        _withKnownKey = SessionCipher.Encrypt(first.Record, Text).Body; // and now we have
        _beforeMessage = SessionCipher.Decrypt(ours, first.Body, Random).Record.Serialize();
    }

    public byte[] Encrypt() => SessionCipher.Encrypt(SessionRecord.Parse(_beforeMessage), Text).Record.Serialize();

    public byte[] Decrypt() => Decrypt(_beforeMessage, _withKnownKey);

    public byte[] DecryptWithStep() => Decrypt(_beforeStep, _withNewKey);

    private static byte[] Decrypt(byte[] stored, byte[] body) => SessionCipher.Decrypt(SessionRecord.Parse(stored), body, Random).Record.Serialize();

    private static void Say(ref SessionRecord sender, ref SessionRecord receiver)
    {
        var message = SessionCipher.Encrypt(sender, Text);
        sender = message.Record;
        receiver = SessionCipher.Decrypt(receiver, message.Body, Random).Record;
    }
}
