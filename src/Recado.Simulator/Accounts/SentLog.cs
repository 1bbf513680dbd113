using System.Buffers.Binary;
using System.Security.Cryptography;
using Recado.Protocol.Binary;

namespace Recado.Simulator.Accounts;

/// <summary>
/// What a device has sent: accepted messages with their acks, message keys already used, and retries asked of it. Bounded; the oldest
/// entries are forgotten.
/// </summary>
internal sealed class SentLog
{
    private const int Messages = 5_000, KeyUses = 50_000, Retries = 5_000;

    private readonly Dictionary<string, Accepted> _accepted = [];
    private readonly Queue<string> _order = new();
    private readonly Dictionary<KeyUse, ulong> _keys = [];
    private readonly Queue<KeyUse> _keyOrder = new();
    private readonly HashSet<(string Id, string Requester, int Count)> _retries = [];

    /// <summary>The earlier acceptance of the message, when there is one.</summary>
    public Accepted? Find(string id) => _accepted.GetValueOrDefault(id);

    public void Accept(string id, ulong fingerprint, Node ack)
    {
        if (!_accepted.TryAdd(id, new Accepted(fingerprint, ack)))
            return;

        _order.Enqueue(id);
        if (_order.Count > Messages)
            _accepted.Remove(_order.Dequeue());
    }

    /// <summary><see langword="false"/> when the message key was used before for other bytes.</summary>
    public bool UseKey(string target, ReadOnlySpan<byte> ratchetKey, uint counter, ReadOnlySpan<byte> ciphertext)
    {
        var use = new KeyUse(target, Fingerprint(ratchetKey), counter);
        var bytes = Fingerprint(ciphertext);
        if (!_keys.TryAdd(use, bytes))
            return _keys[use] == bytes;

        _keyOrder.Enqueue(use);
        if (_keyOrder.Count > KeyUses)
            _keys.Remove(_keyOrder.Dequeue());

        return true;
    }

    public void OpenRetry(string id, string requester, int count)
    {
        if (_retries.Count >= Retries)
            _retries.Clear();

        _retries.Add((id, requester, count));
    }

    public bool CloseRetry(string id, string requester, int count) => _retries.Remove((id, requester, count));

    public static ulong Fingerprint(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    /// <summary>An accepted message: a fingerprint of its bytes, and the ack that answers a repeat.</summary>
    internal sealed record Accepted(ulong Fingerprint, Node Ack);

    private readonly record struct KeyUse(string Target, ulong RatchetKey, uint Counter);
}
