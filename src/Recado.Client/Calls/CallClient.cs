using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Client.Stores;
using Recado.Protocol.Binary;
using Recado.Protocol.Calls;

namespace Recado.Client.Calls;

/// <summary>
/// Calls as a linked device sees them: they ring, as <see cref="CallReceived"/>, can be rejected, and end, as <see cref="CallEnded"/>.
/// They are taken on the phone. Thread-safe.
/// </summary>
public sealed class CallClient
{
    private const int Limit = 128;

    private readonly DeviceState _state;
    private readonly OwnDevice _own;
    private readonly LiveConnection _live;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _calls = [];
    private readonly Queue<string> _order = new();

    internal CallClient(DeviceState state, OwnDevice own, LiveConnection live, ClientOptions options) =>
        (_state, _own, _live, _time) = (state, own, live, options.Time);

    /// <summary>Rejects a call that rings.</summary>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<CallRejection> RejectAsync(string callId, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(callId);
        var connection = _live.Require();
        CallUpdate offer;
        lock (_lock)
        {
            if (!_calls.TryGetValue(callId, out var call))
                return CallRejection.Unknown;
            if (call.IsOver)
                return CallRejection.Over;

            call.IsOver = true;
            offer = call.Offer;
        }

        try
        {
            await connection.SendAsync(CallStanzas.Reject(connection.NextId(), _own.JidLike(offer.From), offer), ct).ConfigureAwait(false);
        }
        catch
        {
            lock (_lock)
                _calls[callId] = new(offer);
            throw;
        }

        using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
        device.Events.Add(await EndOfAsync(device, offer, CallEnd.Rejected, _time.GetUtcNow(), ct).ConfigureAwait(false));
        device.Publish();
        return CallRejection.Done;
    }

    /// <summary>Takes a <c>call</c>. Each is settled once, whatever it says.</summary>
    internal async ValueTask HandleAsync(Node stanza, ServiceConnection connection, CancellationToken ct)
    {
        var news = CallStanzas.Parse(stanza);
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        if (news is not null)
        {
            if (news.CallerPhoneNumber is { } phone)
                await device.LearnAsync(news.Creator, phone, ct).ConfigureAwait(false);
            if (news.Signal == CallSignal.Offer && TryBegin(news))
                device.Events.Add(await BeginOfAsync(device, news, ct).ConfigureAwait(false));
            else if (EndBy(news) is { } end && TryEnd(news) is { } offer)
                device.Events.Add(await EndOfAsync(device, offer, end, news.At ?? _time.GetUtcNow(), ct).ConfigureAwait(false));
        }

        device.Send(connection, Settlement.Ack(stanza));
        device.Publish();
    }

    private static CallEnd? EndBy(CallUpdate news) => (news.Signal, news.Reason) switch
    {
        (CallSignal.Accept, _) or (CallSignal.Terminate, "accepted_elsewhere") => CallEnd.AcceptedElsewhere,
        (CallSignal.Reject, _) or (CallSignal.Terminate, "rejected_elsewhere") => CallEnd.RejectedElsewhere,
        (CallSignal.Terminate, _) => CallEnd.Missed,
        _ => null,
    };

    private bool TryBegin(CallUpdate offer)
    {
        lock (_lock)
        {
            if (!_calls.TryAdd(offer.CallId, new(offer)))
                return false; // it came again

            _order.Enqueue(offer.CallId);
            if (_order.Count > Limit)
                _calls.Remove(_order.Dequeue());
            return true;
        }
    }

    /// <summary>Only the first end counts; of a call that began before this client did, the news of its end tell what is known.</summary>
    private CallUpdate? TryEnd(CallUpdate news)
    {
        if (TryBegin(news))
        {
            lock (_lock)
                _calls[news.CallId].IsOver = true;
            return news;
        }

        lock (_lock)
        {
            if (!_calls.TryGetValue(news.CallId, out var call) || call.IsOver)
                return null;

            call.IsOver = true;
            return call.Offer;
        }
    }

    private static async ValueTask<CallReceived> BeginOfAsync(DeviceTransaction device, CallUpdate offer, CancellationToken ct)
    {
        var (caller, phone, lid) = await device.NamesAsync(offer.Creator, ct).ConfigureAwait(false);
        return new(offer.CallId, caller)
        {
            PhoneNumber = phone,
            Lid = lid,
            CallerName = offer.CallerName,
            IsVideo = offer.IsVideo,
            IsGroup = offer.IsGroup,
            Group = offer.Group,
            IsOffline = offer.IsOffline,
            At = offer.At,
        };
    }

    private static async ValueTask<CallEnded> EndOfAsync(
        DeviceTransaction device, CallUpdate offer, CallEnd end, DateTimeOffset at, CancellationToken ct)
    {
        var (caller, phone, lid) = await device.NamesAsync(offer.Creator, ct).ConfigureAwait(false);
        return new(offer.CallId, caller, end)
        {
            PhoneNumber = phone,
            Lid = lid,
            IsVideo = offer.IsVideo,
            IsGroup = offer.IsGroup,
            Group = offer.Group,
            At = at,
        };
    }

    private sealed class Entry(CallUpdate offer)
    {
        public CallUpdate Offer { get; } = offer;

        public bool IsOver { get; set; }
    }
}

/// <summary>What became of <see cref="CallClient.RejectAsync"/>.</summary>
public enum CallRejection
{
    /// <summary>The caller is told.</summary>
    Done,

    /// <summary>No such call has rung here lately.</summary>
    Unknown,

    /// <summary>It rings no longer.</summary>
    Over,
}
