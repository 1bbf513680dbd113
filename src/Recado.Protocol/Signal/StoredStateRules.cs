using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>What every stored state must fulfil, so that the ciphers need not check again.</summary>
internal static class StoredStateRules
{
    public static void Check(StoredSessionState state)
    {
        CheckKey(state.LocalIdentity, "local identity");
        CheckKey(state.RemoteIdentity, "remote identity");
        CheckKey(state.RootKey, "root key");
        CheckKey(state.BaseKey, "base key");
        var sender = state.SenderChain ?? throw SignalException.BrokenRecord("A stored session has no sending chain.");
        CheckKey(sender.RatchetPrivateKey, "ratchet private key");
        CheckKey(sender.RatchetPublicKey, "ratchet public key");
        CheckKey(sender.ChainKey, "sending chain key");
        if (state.ReceiverChains.Count > SessionRecord.MaxReceiverChains)
        {
            throw SignalException.BrokenRecord(
                $"A stored session has {state.ReceiverChains.Count} receiving chains; {SessionRecord.MaxReceiverChains} is the limit.");
        }

        foreach (var chain in state.ReceiverChains)
        {
            CheckKey(chain.RatchetKey, "ratchet key");
            CheckKey(chain.ChainKey, "receiving chain key");
            Check(chain.Skipped);
        }
    }

    public static void Check(StoredSenderKeyState state)
    {
        CheckKey(state.ChainKey, "sender chain key");
        CheckKey(state.SigningPublicKey, "signing key");
        if (state.HasSigningPrivateKey)
            CheckKey(state.SigningPrivateKey, "signing private key");
        Check(state.Skipped);
    }

    private static void Check(SkippedSeeds? skipped)
    {
        if (skipped is null)
            return;

        if (skipped.Indexes.Count != skipped.Seeds.Count || skipped.Indexes.Count > MessageChain.MaxSkipped)
            throw SignalException.BrokenRecord("The skipped message keys of a stored chain do not match their numbers.");
        foreach (var seed in skipped.Seeds)
            CheckKey(seed, "skipped message key");
    }

    private static void CheckKey(ByteString key, string name)
    {
        if (key.Length != KeyDerivation.KeyLength)
            throw SignalException.BrokenRecord($"A stored {name} has {key.Length} bytes instead of {KeyDerivation.KeyLength}.");
    }
}
