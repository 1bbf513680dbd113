using System.Diagnostics;
using Recado.Client.Events;

namespace Recado.Client.Telemetry;

/// <summary>
/// The traces that lately sent messages belong to, so that their receipts end up in the same ones. Only of traces somebody records; of a
/// bounded number, the oldest give way. Thread-safe.
/// </summary>
internal sealed class SentTraces
{
    private const int Capacity = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActivityContext> _byMessage = [];
    private readonly Queue<string> _order = new();

    /// <summary>Begins the span of a message that is being sent.</summary>
    public Activity? Begin(string messageId)
    {
        var activity = ClientTelemetry.Activities.StartActivity("message.send", ActivityKind.Producer);
        if (activity is not { Recorded: true })
            return activity;

        activity.SetTag("messaging.message.id", messageId);
        lock (_lock)
        {
            if (!_byMessage.TryAdd(messageId, activity.Context))
                return activity;

            _order.Enqueue(messageId);
            if (_order.Count > Capacity)
                _byMessage.Remove(_order.Dequeue());
        }

        return activity;
    }

    /// <summary>Adds what became of messages to their traces.</summary>
    public void Note(IReadOnlyList<string> messageIds, MessageStatus status)
    {
        foreach (var id in messageIds)
        {
            ActivityContext context;
            lock (_lock)
            {
                if (!_byMessage.TryGetValue(id, out context))
                    continue;
            }

            using var activity = ClientTelemetry.Activities.StartActivity("message.receipt", ActivityKind.Consumer, context);
            activity?.SetTag("messaging.message.id", id).SetTag("recado.status", status.ToString());
        }
    }
}
