using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>
/// Which devices hold which sender keys of a group or of the status feed, as far as the service can see it: it reads the key's id in
/// each message, and whom a message gives the key to. Guarded by the exchange's lock.
/// </summary>
internal sealed class SenderKeyLedger
{
    private const int MaxKeys = 5;

    private readonly Dictionary<Device, KeysOfSender> _senders = [];

    /// <summary>Whether what was noted before a crash is lost, so that a key may be held by devices that are not noted.</summary>
    public bool IsIncomplete { get; set; }

    /// <summary>Every key that a message has shown, each sender's newest first, for the state file.</summary>
    public IEnumerable<(Device Sender, Holders Key)> All => _senders.SelectMany(s => s.Value.Keys.Select(key => (s.Key, key)));

    /// <summary>The devices that hold a key.</summary>
    public Holders Find(Device sender, uint keyId)
    {
        var own = Of(sender);
        var known = own.Keys.Find(k => k.KeyId == keyId);
        if (known is null)
        {
            known = new Holders(keyId);
            known.Devices.UnionWith(own.Answered);
            own.Keys.Insert(0, known);
            if (own.Keys.Count > MaxKeys)
                own.Keys.RemoveAt(MaxKeys);
        }

        own.Answered.Clear();
        return known;
    }

    /// <summary>
    /// A device was sent a message again, with a sender key in it that the service cannot see: the newest one, or one that no message
    /// has shown yet.
    /// </summary>
    public void NoteAnswer(Device sender, Device receiver)
    {
        var own = Of(sender);
        own.Answered.Add(receiver);
        if (own.Keys is [var newest, ..])
            newest.Devices.Add(receiver);
    }

    public void Restore(Device sender, uint keyId, IEnumerable<Device> holders)
    {
        var restored = new Holders(keyId);
        restored.Devices.UnionWith(holders);
        Of(sender).Keys.Add(restored);
    }

    private KeysOfSender Of(Device sender)
    {
        if (!_senders.TryGetValue(sender, out var own))
            _senders.Add(sender, own = new KeysOfSender());

        return own;
    }

    /// <summary>Who holds one sender key.</summary>
    internal sealed class Holders(uint keyId)
    {
        public uint KeyId { get; } = keyId;

        public HashSet<Device> Devices { get; } = [];

        /// <summary>The list of which every device was found to hold the key, so that the next message need not be checked against each.</summary>
        public Roster? CompleteFor { get; set; }
    }

    private sealed class KeysOfSender
    {
        /// <summary>Newest first.</summary>
        public List<Holders> Keys { get; } = [];

        /// <summary>Devices that got a key in an answer to their retry since the last message.</summary>
        public HashSet<Device> Answered { get; } = [];
    }
}
