using System.Collections.Concurrent;

namespace Recado.Server.Features.Sessions;

/// <summary>The sessions that have a client at work in this process. Thread-safe.</summary>
internal sealed class RunningSessions
{
    private readonly ConcurrentDictionary<Guid, byte> _ids = new();
    private volatile bool _isClosing;

    public IReadOnlyCollection<Guid> Ids => [.. _ids.Keys];

    /// <summary>Set when the process ends: from then on nothing starts.</summary>
    public bool IsClosing
    {
        get => _isClosing;
        set => _isClosing = value;
    }

    public bool Contains(Guid sessionId) => _ids.ContainsKey(sessionId);

    public void Add(Guid sessionId) => _ids[sessionId] = 0;

    public void Remove(Guid sessionId) => _ids.TryRemove(sessionId, out _);
}
