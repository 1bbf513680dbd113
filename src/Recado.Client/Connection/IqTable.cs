using Recado.Protocol.Binary;

namespace Recado.Client.Connection;

/// <summary>Matches answers to the queries of one connection. Thread-safe.</summary>
internal sealed class IqTable(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, TaskCompletionSource<Node>> _waiting = [];
    private Exception? _ended;

    /// <summary>Sends a query by <paramref name="sendAsync"/> and waits for its answer.</summary>
    /// <exception cref="RequestRefusedException">The answer is an error.</exception>
    /// <exception cref="RequestTimeoutException">There was no answer in time.</exception>
    /// <exception cref="ConnectionException">The connection ended first.</exception>
    public async Task<Node> RequestAsync(string id, Func<CancellationToken, ValueTask> sendAsync, TimeSpan timeout, CancellationToken ct)
    {
        var answer = new TaskCompletionSource<Node>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (_ended is not null)
                throw _ended;

            _waiting.Add(id, answer);
        }

        try
        {
            await sendAsync(ct).ConfigureAwait(false);
            var node = await answer.Task.WaitAsync(timeout, time, ct).ConfigureAwait(false);
            return node["type"] == "error" ? throw Refusal(node) : node;
        }
        catch (TimeoutException)
        {
            throw new RequestTimeoutException(timeout);
        }
        finally
        {
            lock (_lock)
                _waiting.Remove(id);
        }
    }

    /// <summary>Hands over an answer; false when nobody waits for it.</summary>
    public bool TryComplete(string id, Node answer)
    {
        lock (_lock)
            return _waiting.TryGetValue(id, out var waiter) && waiter.TrySetResult(answer);
    }

    /// <summary>Releases everybody who waits, now and later: the connection has ended.</summary>
    public void End(Exception cause)
    {
        lock (_lock)
        {
            _ended ??= cause;
            foreach (var waiter in _waiting.Values)
                waiter.TrySetException(cause);
        }
    }

    private static RequestRefusedException Refusal(Node node)
    {
        var error = node.Child("error");
        return new((int)Math.Clamp(error?.NumberOf("code") ?? 0, 0, int.MaxValue), error?["text"]);
    }
}
