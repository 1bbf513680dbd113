using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Crypto;
using Recado.Protocol.Proto;
using ReceiverChain = Recado.Protocol.Proto.StoredSessionState.Types.ReceiverChain;

namespace Recado.Protocol.Signal;

/// <summary>The steps of the Double Ratchet for one state (§3 of its specification).</summary>
internal static class SessionRatchet
{
    /// <summary>Whether the state has received from this ratchet key before.</summary>
    public static bool Knows(StoredSessionState state, ReadOnlySpan<byte> ratchetKey) => IndexOf(state, ratchetKey) >= 0;

    /// <summary>
    /// Tries a message on a state without changing it. The own new ratchet key is drawn only when the message has proved genuine,
    /// so that a foreign message costs each state one agreement, not three.
    /// </summary>
    public static bool TryDecrypt(
        StoredSessionState state,
        WhisperFrame message,
        IRandomSource random,
        [NotNullWhen(true)] out StoredSessionState? advanced,
        [NotNullWhen(true)] out byte[]? plaintext,
        out SignalError error)
    {
        advanced = null;
        plaintext = null;
        Span<byte> root = stackalloc byte[KeyDerivation.RootStepLength];
        Span<byte> seed = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> memory = stackalloc byte[MessageKeys.Length];
        try
        {
            var at = IndexOf(state, message.RatchetKey);
            var chain = at >= 0 ? OpenChain(state.ReceiverChains[at]) : NewChain(state, message.RatchetKey, root);
            if (chain.Seek(message.Counter, seed) is { } refused)
            {
                error = refused;
                return false;
            }

            var keys = new MessageKeys(seed, memory);
            if (!message.HasMac(state, keys))
            {
                error = SignalError.BadMac;
                return false;
            }

            plaintext = AesCbc.TryDecrypt(keys.CipherKey, keys.Iv, message.Ciphertext);
            if (plaintext is null)
            {
                error = SignalError.BadPadding;
                return false;
            }

            error = default;
            advanced = Advance(state, at, message.RatchetKey, chain, root, random);
            return true;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(root);
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(memory);
        }
    }

    /// <summary>A new sending chain and root key from <c>root ‖ chain</c>.</summary>
    public static void StartSending(StoredSessionState state, KeyPair ratchetKey, ReadOnlySpan<byte> rootAndChain)
    {
        state.RootKey = ByteString.CopyFrom(rootAndChain[..KeyDerivation.KeyLength]);
        state.SenderChain = new()
        {
            RatchetPrivateKey = UnsafeByteOperations.UnsafeWrap(ratchetKey.PrivateKey),
            RatchetPublicKey = UnsafeByteOperations.UnsafeWrap(ratchetKey.PublicKey),
            ChainKey = ByteString.CopyFrom(rootAndChain[KeyDerivation.KeyLength..]),
            Index = 0,
        };
    }

    private static int IndexOf(StoredSessionState state, ReadOnlySpan<byte> ratchetKey)
    {
        for (var i = state.ReceiverChains.Count - 1; i >= 0; i--)
        {
            if (state.ReceiverChains[i].RatchetKey.Span.SequenceEqual(ratchetKey))
                return i;
        }

        return -1;
    }

    private static MessageChain OpenChain(ReceiverChain chain) => new(chain.ChainKey, chain.Index, chain.Skipped);

    /// <summary>The first half of the DH step: <paramref name="rootAndChain"/> receives the new root key and the chain key.</summary>
    private static MessageChain NewChain(StoredSessionState state, ReadOnlySpan<byte> ratchetKey, Span<byte> rootAndChain)
    {
        KeyDerivation.RootStep(state.RootKey.Span, state.SenderChain.RatchetPrivateKey.Span, ratchetKey, rootAndChain);
        return new(ByteString.CopyFrom(rootAndChain[KeyDerivation.KeyLength..]), 0, null);
    }

    private static StoredSessionState Advance(
        StoredSessionState state, int at, ReadOnlySpan<byte> ratchetKey, MessageChain chain, Span<byte> rootAndChain, IRandomSource random)
    {
        var advanced = state.Clone();
        advanced.PendingPreKey = null; // the peer has answered: it has the session
        var receiver = new ReceiverChain { ChainKey = chain.ChainKey, Index = chain.Index, Skipped = chain.Skipped };
        if (at >= 0)
        {
            receiver.RatchetKey = state.ReceiverChains[at].RatchetKey;
            advanced.ReceiverChains[at] = receiver;
            return advanced;
        }

        receiver.RatchetKey = ByteString.CopyFrom(ratchetKey);
        if (advanced.ReceiverChains.Count == SessionRecord.MaxReceiverChains)
            advanced.ReceiverChains.RemoveAt(0);
        advanced.ReceiverChains.Add(receiver);

        // The second half of the DH step: answer with a key of our own.
        var own = KeyPair.Generate(random);
        KeyDerivation.RootStep(rootAndChain[..KeyDerivation.KeyLength], own.PrivateKey, ratchetKey, rootAndChain);
        advanced.PreviousCounter = Math.Max(state.SenderChain.Index, 1) - 1;
        StartSending(advanced, own, rootAndChain);
        return advanced;
    }
}
