using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// Pairwise encryption: X3DH to begin a session, the Double Ratchet inside it. Pure functions from a record to a new record;
/// an exception leaves the given record as it was. Store the new record before the message leaves or its effect becomes visible.
/// </summary>
public static class SessionCipher
{
    /// <summary>Begins a session with a device; an earlier one goes to the archive.</summary>
    /// <exception cref="SignalException">
    /// <see cref="SignalError.InvalidSignature"/>: the bundle's signed prekey is not the device's.
    /// <see cref="SignalError.InvalidMessage"/>: a key of the bundle is malformed.
    /// </exception>
    public static SessionRecord Start(SessionRecord? existing, LocalIdentity local, PreKeyBundle bundle, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(bundle);
        return (existing ?? SessionRecord.Empty).Install(X3dh.Initiate(local, bundle, random));
    }

    /// <summary>Encrypts in the current session.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.NoSession"/>: <see cref="SessionRecord.CanSend"/> is false.</exception>
    public static EncryptedMessage Encrypt(SessionRecord record, ReadOnlySpan<byte> paddedPlaintext)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (!record.CanSend)
            throw SignalException.Of(SignalError.NoSession);

        var state = record.Current!.Clone();
        var chain = state.SenderChain;
        var counter = chain.Index;
        Span<byte> seed = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> next = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> memory = stackalloc byte[MessageKeys.Length];
        try
        {
            KeyDerivation.ChainStep(chain.ChainKey.Span, seed, next);
            chain.ChainKey = ByteString.CopyFrom(next);
            chain.Index = checked(counter + 1);

            var keys = new MessageKeys(seed, memory);
            var body = WhisperFrame.Create(state, counter, AesCbc.Encrypt(keys.CipherKey, keys.Iv, paddedPlaintext), keys);
            return state.PendingPreKey is null
                ? new(SignalMessageType.Whisper, body, record.Advance(0, state))
                : new(SignalMessageType.PreKey, PreKeyFrame.Create(state, body), record.Advance(0, state));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(next);
            CryptographicOperations.ZeroMemory(memory);
        }
    }

    /// <summary>Decrypts a message of a session both sides have (<c>msg</c>).</summary>
    /// <exception cref="SignalException">The message cannot be read; its error tells what to do about it.</exception>
    public static DecryptedMessage Decrypt(SessionRecord record, ReadOnlySpan<byte> body, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(record);
        return DecryptWithAny(record, WhisperFrame.Parse(body), random);
    }

    /// <summary>What a first message says about itself: which own prekeys to load for <see cref="DecryptPreKey"/>.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.InvalidMessage"/>.</exception>
    public static PreKeyMessageHeader ReadHeader(ReadOnlySpan<byte> body)
    {
        var frame = PreKeyFrame.Parse(body);
        return new(frame.PreKeyId, frame.SignedPreKeyId, frame.BaseKey, frame.IdentityKey, frame.RegistrationId);
    }

    /// <summary>Decrypts a first message (<c>pkmsg</c>) and begins its session, unless it has begun already.</summary>
    /// <exception cref="SignalException">The message cannot be read; its error tells what to do about it.</exception>
    public static DecryptedMessage DecryptPreKey(
        SessionRecord? record, LocalIdentity local, ReadOnlySpan<byte> body, PreKeyMaterial keys, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(local);
        ArgumentNullException.ThrowIfNull(keys);
        var first = PreKeyFrame.Parse(body);
        record ??= SessionRecord.Empty;
        if (record.Find(first.BaseKey) is { } known)
        {
            return known.RemoteIdentity.Span.SequenceEqual(first.IdentityKey)
                ? DecryptWithAny(record, WhisperFrame.Parse(first.Message), random)
                : throw new SignalException(SignalError.UntrustedIdentity, "The message repeats a session under another identity key.");
        }

        if (keys.SignedPreKey is not { } signedPreKey || signedPreKey.Id != first.SignedPreKeyId)
            throw SignalException.Of(SignalError.NoSignedPreKey);
        if (first.PreKeyId is { } needed && keys.PreKey?.Id != needed)
            throw SignalException.Of(SignalError.NoOneTimePreKey);

        var state = X3dh.Respond(local, first, signedPreKey, first.PreKeyId is null ? null : keys.PreKey);
        var message = WhisperFrame.Parse(first.Message);
        return SessionRatchet.TryDecrypt(state, message, random, out var advanced, out var plaintext, out var error)
            ? new(plaintext, record.Install(advanced), first.IdentityKey, first.PreKeyId)
            : throw SignalException.Of(error);
    }

    /// <summary>
    /// A state that already knows the ratchet key owns the message, whichever it is; only if none does is each tried, newest first.
    /// </summary>
    private static DecryptedMessage DecryptWithAny(SessionRecord record, WhisperFrame message, IRandomSource random)
    {
        var owned = false;
        foreach (var state in record.States)
            owned |= SessionRatchet.Knows(state, message.RatchetKey);

        SignalError? first = null;
        for (var i = 0; i < record.States.Length; i++)
        {
            var state = record.States[i];
            if (owned && !SessionRatchet.Knows(state, message.RatchetKey))
                continue;
            if (SessionRatchet.TryDecrypt(state, message, random, out var advanced, out var plaintext, out var error))
                return new(plaintext, record.Advance(i, advanced), state.RemoteIdentity.ToByteArray(), null);
            first ??= error;
        }

        throw SignalException.Of(first ?? SignalError.NoSession);
    }
}
