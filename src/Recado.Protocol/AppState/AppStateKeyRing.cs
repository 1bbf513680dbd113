namespace Recado.Protocol.AppState;

/// <summary>The keys that a device has been given. Expands each at most once. Not thread-safe.</summary>
public sealed class AppStateKeyRing
{
    private readonly Dictionary<string, AppStateKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AppStateKeys> _expanded = new(StringComparer.Ordinal);

    /// <param name="keys">The keys.</param>
    public AppStateKeyRing(IEnumerable<AppStateKey> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var key in keys)
            _keys[Convert.ToHexStringLower(key.Id)] = key;
    }

    /// <summary>Whether there is a key of this id.</summary>
    public bool Holds(ReadOnlySpan<byte> id) => _keys.ContainsKey(Convert.ToHexStringLower(id));

    /// <summary>The key to write with: the one made last, and of several the one with the greatest id. Null when there is none.</summary>
    /// <param name="expiredEpoch">Keys up to this number are not to be used any more.</param>
    public AppStateKey? Newest(uint? expiredEpoch = null) => _keys
        .Where(entry => expiredEpoch is not { } expired || entry.Value.Epoch is not { } epoch || epoch > expired)
        .OrderByDescending(entry => entry.Value.Timestamp)
        .ThenByDescending(entry => entry.Key, StringComparer.Ordinal)
        .Select(entry => entry.Value)
        .FirstOrDefault();

    /// <exception cref="ProtocolException">There is no such key (<see cref="ProtocolError.AppStateMismatch"/>); see <see cref="Holds"/>.</exception>
    internal AppStateKeys Expand(ReadOnlySpan<byte> id)
    {
        var name = Convert.ToHexStringLower(id);
        if (_expanded.TryGetValue(name, out var keys))
            return keys;

        if (!_keys.TryGetValue(name, out var key))
            throw ProtocolException.AppStateMismatch("a key is used that this device has not been given");

        return _expanded[name] = AppStateKeys.Expand(key);
    }
}
