using Recado.Protocol.Pairing;

namespace Recado.Simulator.Accounts;

/// <summary>Public Signal keys of one device: what is in stock, and what has been handed out to whom.</summary>
internal sealed class PublicKeys
{
    private readonly Queue<PublicPreKey> _stock = new();
    private readonly HashSet<uint> _ids = [];
    private readonly Dictionary<uint, HandedOut> _handedOut = [];

    /// <summary>The signed prekey that is handed out.</summary>
    public PublicSignedPreKey? Current { get; private set; }

    /// <summary>Ids of every signed prekey the device ever had.</summary>
    public HashSet<uint> SignedIds { get; } = [];

    public int Count => _stock.Count;

    public IEnumerable<PublicPreKey> Stock => _stock;

    public IReadOnlyDictionary<uint, HandedOut> Given => _handedOut;

    /// <summary>Whether the device was already told that its stock is low.</summary>
    public bool LowAnnounced { get; set; }

    public void Rotate(PublicSignedPreKey key)
    {
        Current = key;
        SignedIds.Add(key.Id);
    }

    /// <summary>Adds a one-time prekey; <see langword="false"/> when the id is in use.</summary>
    public bool Add(PublicPreKey key)
    {
        if (!_ids.Add(key.Id))
            return false;

        _stock.Enqueue(key);
        LowAnnounced = false;
        return true;
    }

    /// <summary>Hands out one prekey. Each is handed out once.</summary>
    public PublicPreKey? Take(string receiver)
    {
        if (!_stock.TryDequeue(out var key))
            return null;

        _ids.Remove(key.Id);
        HandOut(key.Id, receiver);
        return key;
    }

    /// <summary>Notes a prekey that reaches the receiver on another way, such as inside a retry receipt.</summary>
    public void HandOut(uint id, string receiver, byte[]? baseKey = null) => _handedOut[id] = new HandedOut(receiver) { BaseKey = baseKey };

    /// <summary>Who a prekey went to, and the session that used it.</summary>
    internal sealed record HandedOut(string Receiver)
    {
        /// <summary>Base key of the session that was built with it; a second session is a mistake.</summary>
        public byte[]? BaseKey { get; set; }
    }
}
