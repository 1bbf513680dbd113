using Recado.Protocol;
using Recado.Protocol.Signal;
using Recado.Simulator.Accounts;
using Recado.Simulator.State;

namespace Recado.Simulator.Phones;

/// <summary>A phone's sender keys in their saved form.</summary>
internal sealed partial class PhoneEndpoint
{
    /// <summary>Restores sender keys, once all accounts with their devices are there.</summary>
    /// <param name="state">The phone's saved form.</param>
    /// <param name="isComplete">
    /// Whether nothing can have happened after the state was saved. If not, the own keys may have encrypted more than is known of, and are
    /// given up.
    /// </param>
    public void RestoreSenderKeys(PhoneState state, bool isComplete)
    {
        foreach (var key in state.SenderKeys)
        {
            _senderKeys[(Jid.Parse(key.Chat), key.Address)] = SenderKeyRecord.Parse(key.Record);
        }

        foreach (var own in isComplete ? state.OwnSenderKeys : [])
        {
            var restored = new OwnSenderKey { Record = SenderKeyRecord.Parse(own.Record) };
            restored.Holders.UnionWith(own.Holders.Select(_exchange.Accounts.FindDevice).OfType<Device>());
            _ownSenderKeys[Jid.Parse(own.Chat)] = restored;
        }
    }

    private IReadOnlyList<SenderKeyState> SaveSenderKeys() =>
        [.. _senderKeys.Select(k => new SenderKeyState(k.Key.Chat.ToString(), k.Key.Address, k.Value.Serialize()))];

    private IReadOnlyList<OwnSenderKeyState> SaveOwnSenderKeys() =>
    [
        .. from own in _ownSenderKeys
           where own.Value.Record is not null
           select new OwnSenderKeyState(own.Key.ToString(), own.Value.Record!.Serialize(), [.. own.Value.Holders.Select(d => d.ToString())]),
    ];
}
