using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// The key agreement that begins a session (X3DH §3). The initiator has the peer's bundle; the responder has the first message.
/// </summary>
internal static class X3dh
{
    private const int DiscontinuityLength = 32; // FF×32 before the agreements: X3DH §2.2

    /// <summary>Draws the base key, then the first ratchet key.</summary>
    /// <exception cref="SignalException">The signature of the signed prekey is wrong, or a key is malformed.</exception>
    public static StoredSessionState Initiate(LocalIdentity local, PreKeyBundle bundle, IRandomSource random)
    {
        CheckBundle(bundle);
        var baseKey = KeyPair.Generate(random);
        var ratchetKey = KeyPair.Generate(random);
        Span<byte> keys = stackalloc byte[KeyDerivation.RootStepLength];
        try
        {
            Agree(
                (local.KeyPair.PrivateKey, bundle.SignedPreKeyPublic),
                (baseKey.PrivateKey, bundle.IdentityKey),
                (baseKey.PrivateKey, bundle.SignedPreKeyPublic),
                bundle.PreKey is null ? null : (baseKey.PrivateKey, bundle.PreKey),
                keys);

            var state = NewState(local, bundle.RegistrationId, bundle.IdentityKey, baseKey.PublicKey);
            state.ReceiverChains.Add(new StoredSessionState.Types.ReceiverChain
            {
                RatchetKey = ByteString.CopyFrom(bundle.SignedPreKeyPublic),
                ChainKey = ByteString.CopyFrom(keys[KeyDerivation.KeyLength..]),
                Index = 0,
            });
            state.PendingPreKey = new() { SignedPreKeyId = bundle.SignedPreKeyId };
            if (bundle.PreKeyId is { } preKeyId)
                state.PendingPreKey.PreKeyId = preKeyId;

            KeyDerivation.RootStep(keys[..KeyDerivation.KeyLength], ratchetKey.PrivateKey, bundle.SignedPreKeyPublic, keys);
            SessionRatchet.StartSending(state, ratchetKey, keys);
            return state;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    public static StoredSessionState Respond(LocalIdentity local, PreKeyFrame first, SignedPreKey signedPreKey, PreKey? preKey)
    {
        Span<byte> keys = stackalloc byte[KeyDerivation.RootStepLength];
        try
        {
            var baseKey = first.BaseKey;
            Agree(
                (signedPreKey.KeyPair.PrivateKey, first.IdentityKey),
                (local.KeyPair.PrivateKey, baseKey),
                (signedPreKey.KeyPair.PrivateKey, baseKey),
                preKey is null ? null : (preKey.KeyPair.PrivateKey, baseKey),
                keys);

            var state = NewState(local, first.RegistrationId, first.IdentityKey, baseKey);
            SessionRatchet.StartSending(state, signedPreKey.KeyPair, keys);
            return state;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    private static StoredSessionState NewState(LocalIdentity local, uint registrationId, byte[] remoteIdentity, byte[] baseKey) => new()
    {
        LocalIdentity = ByteString.CopyFrom(local.KeyPair.PublicKey),
        RemoteIdentity = ByteString.CopyFrom(remoteIdentity),
        LocalRegistrationId = local.RegistrationId,
        RemoteRegistrationId = registrationId,
        PreviousCounter = 0,
        BaseKey = ByteString.CopyFrom(baseKey),
    };

    private static void Agree(
        (byte[] Private, byte[] Public) dh1,
        (byte[] Private, byte[] Public) dh2,
        (byte[] Private, byte[] Public) dh3,
        (byte[] Private, byte[] Public)? dh4,
        Span<byte> rootAndChain)
    {
        Span<byte> master = stackalloc byte[DiscontinuityLength + (4 * KeyDerivation.KeyLength)];
        master[..DiscontinuityLength].Fill(0xFF);
        var length = DiscontinuityLength;
        try
        {
            Append(dh1, master, ref length);
            Append(dh2, master, ref length);
            Append(dh3, master, ref length);
            if (dh4 is { } oneTime)
                Append(oneTime, master, ref length);

            KeyDerivation.InitialKeys(master[..length], rootAndChain);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(master);
        }
    }

    private static void Append((byte[] Private, byte[] Public) keys, Span<byte> master, ref int length)
    {
        var shared = PublicKey.Agree(keys.Private, keys.Public);
        shared.CopyTo(master[length..]);
        CryptographicOperations.ZeroMemory(shared);
        length += shared.Length;
    }

    private static void CheckBundle(PreKeyBundle bundle)
    {
        if (bundle.IdentityKey.Length != PublicKey.Length || bundle.SignedPreKeyPublic.Length != PublicKey.Length
            || (bundle.PreKey is not null && bundle.PreKey.Length != PublicKey.Length))
        {
            throw SignalException.Invalid($"The keys of a prekey bundle must be {PublicKey.Length} bytes.");
        }

        if (bundle.PreKey is null != bundle.PreKeyId is null)
            throw SignalException.Invalid("A prekey bundle has a one-time prekey without an id, or an id without the key.");

        Span<byte> signed = stackalloc byte[PublicKey.EncodedLength];
        PublicKey.Write(bundle.SignedPreKeyPublic, signed);
        if (!XEdDsa.Verify(bundle.IdentityKey, signed, bundle.SignedPreKeySignature))
            throw SignalException.BadSignature("signed prekey");
    }
}
