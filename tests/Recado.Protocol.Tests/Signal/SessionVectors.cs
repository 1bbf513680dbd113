using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

/// <summary>The shape of <c>signal-x3dh.json</c> and <c>signal-ratchet.json</c>. Public keys have the type byte.</summary>
internal sealed record SessionVectors(string Description, IReadOnlyList<SessionVectors.Scenario> Scenarios)
{
    internal sealed record Scenario(string Name, Initiator Alice, Responder Bob, Agreement X3dh, IReadOnlyList<Step> Steps);

    internal sealed record Initiator(byte[] IdentityPrivate, byte[] IdentityPublic, uint RegistrationId)
    {
        public LocalIdentity Local => new(KeyPair.FromPrivateKey(IdentityPrivate), RegistrationId);
    }

    internal sealed record Responder(
        byte[] IdentityPrivate,
        byte[] IdentityPublic,
        uint RegistrationId,
        uint SignedPreKeyId,
        byte[] SignedPreKeyPrivate,
        byte[] SignedPreKeyPublic,
        byte[] SignedPreKeySignature,
        uint? PreKeyId,
        byte[]? PreKeyPrivate,
        byte[]? PreKeyPublic)
    {
        public LocalIdentity Local => new(KeyPair.FromPrivateKey(IdentityPrivate), RegistrationId);

        public PreKeyBundle Bundle => new(
            RegistrationId,
            IdentityPublic[1..],
            PreKeyId,
            PreKeyPublic?[1..],
            SignedPreKeyId,
            SignedPreKeyPublic[1..],
            SignedPreKeySignature);

        public PreKeyMaterial Material => new(
            new SignedPreKey(SignedPreKeyId, KeyPair.FromPrivateKey(SignedPreKeyPrivate), SignedPreKeySignature),
            PreKeyId is { } id ? new PreKey(id, KeyPair.FromPrivateKey(PreKeyPrivate)) : null);
    }

    internal sealed record Keys(byte[] Priv, byte[] Pub);

    internal sealed record Agreement(
        Keys AliceBaseKeyPair,
        Keys AliceFirstRatchetKeyPair,
        byte[] Dh1,
        byte[] Dh2,
        byte[] Dh3,
        byte[]? Dh4,
        byte[] MasterSecret,
        byte[] RootKey,
        byte[] ChainKey);

    internal sealed record Step(
        string Op,
        string By,
        string Id,
        IReadOnlyList<Keys> GeneratedKeyPairs,
        byte[]? Plaintext = null,
        string? EncType = null,
        byte[]? Wire = null,
        Parsed? Parsed = null,
        uint? ConsumedPreKeyId = null,
        bool MustFail = false,
        State? StateAfter = null);

    internal sealed record Parsed(Whisper Whisper, PreKeyMessage? PreKeyMessage = null);

    internal sealed record Whisper(byte Version, byte[] RatchetKey, uint Counter, uint PreviousCounter, byte[] Ciphertext, byte[] Mac);

    internal sealed record PreKeyMessage(
        byte Version, uint RegistrationId, uint? PreKeyId, uint SignedPreKeyId, byte[] BaseKey, byte[] IdentityKey);

    internal sealed record State(
        byte[] RootKey, byte[] OurRatchetPub, uint PreviousCounter, bool PendingPreKey, IReadOnlyList<Chain> Chains);

    internal sealed record Chain(byte[] RatchetKey, string Type, uint NextIndex, byte[]? ChainKey, IReadOnlyList<uint> Skipped);
}
