namespace Recado.Server.Features.ApiKeys;

/// <summary>
/// Tells open WebSockets that their key was revoked. A socket watches before its key is looked up, so that no revocation falls between.
/// Thread-safe.
/// </summary>
internal sealed class KeyRevocations
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<Watch>> _watches = new(StringComparer.Ordinal);

    /// <summary>The keys that somebody watches.</summary>
    public IReadOnlyCollection<string> Watched
    {
        get
        {
            lock (_lock)
                return [.. _watches.Keys];
        }
    }

    /// <param name="key">What was sent as a key, whatever it is.</param>
    public Watch Begin(string key)
    {
        var watch = new Watch(this, ApiKey.Parse(key)?.Prefix ?? "");
        lock (_lock)
        {
            if (!_watches.TryGetValue(watch.Prefix, out var watches))
                _watches[watch.Prefix] = watches = [];
            watches.Add(watch);
        }

        return watch;
    }

    /// <summary>Call after the key is removed.</summary>
    public void Revoke(string prefix)
    {
        List<Watch> watches;
        lock (_lock)
            watches = [.. _watches.GetValueOrDefault(prefix, [])];

        watches.ForEach(watch => watch.Fire());
    }

    internal sealed class Watch(KeyRevocations owner, string prefix) : IDisposable
    {
        private readonly TaskCompletionSource _revoked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Prefix => prefix;

        /// <summary>Ends when the key is revoked, and otherwise never.</summary>
        public Task Revoked => _revoked.Task;

        public void Fire() => _revoked.TrySetResult();

        public void Dispose()
        {
            lock (owner._lock)
            {
                if (owner._watches.TryGetValue(prefix, out var watches) && watches.Remove(this) && watches.Count == 0)
                    owner._watches.Remove(prefix);
            }
        }
    }
}
