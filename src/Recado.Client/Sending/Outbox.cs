using System.Globalization;
using Recado.Client.Connection;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Sending;

/// <summary>
/// Finished stanzas that the service has not acknowledged. They leave once saved, in the order of saving, and again unchanged on every new
/// connection: both ends know the ids and drop repeats, while a second encryption would break the ratchet. Thread-safe.
/// </summary>
internal sealed class Outbox(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _flushing = new(1, 1);
    private readonly SortedDictionary<string, PendingSend> _byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PendingSend> _byMessage = [];
    private ServiceConnection? _connection;
    private long _lastTick;

    /// <summary>Takes over what an earlier run of the client left behind.</summary>
    public void Load(IReadOnlyList<DeviceRecord> records)
    {
        lock (_lock)
        {
            _byKey.Clear();
            _byMessage.Clear();
            foreach (var record in records)
            {
                Insert(new(record.Key, record.Data, NodeCodec.Decode(record.Data)) { IsDurable = true });
                _lastTick = Math.Max(_lastTick, TickOf(record.Key)); // the clock may have been set back since
            }
        }
    }

    /// <summary>A key for a new stanza; later ones sort behind it.</summary>
    public DeviceRecordKey NextKey(string messageId)
    {
        lock (_lock)
        {
            _lastTick = Math.Max(_lastTick + 1, time.GetUtcNow().UtcTicks);
            return new(DeviceRecordKind.Outbox, $"{_lastTick:x16}.{messageId}");
        }
    }

    /// <summary>Stanzas that the service has not acknowledged.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _byKey.Count;
        }
    }

    public PendingSend? Find(string messageId)
    {
        lock (_lock)
            return _byMessage.GetValueOrDefault(messageId);
    }

    /// <summary>
    /// Adds a stanza whose record is being published. It leaves after <see cref="PendingSend.IsDurable"/> is set, with the next flush.
    /// </summary>
    public void Add(PendingSend pending)
    {
        lock (_lock)
            Insert(pending);
    }

    public void Remove(PendingSend pending)
    {
        lock (_lock)
        {
            _byKey.Remove(pending.Key.Id);
            _byMessage.Remove(pending.MessageId);
        }
    }

    /// <summary>The session is logged out: nothing here can ever leave.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var pending in _byKey.Values)
                pending.Complete(new SendResult.NotConnected());
            _byKey.Clear();
            _byMessage.Clear();
        }
    }

    /// <summary>Sends everything saved over a new connection, oldest first.</summary>
    public ValueTask ConnectAsync(ServiceConnection connection)
    {
        lock (_lock)
            _connection = connection;

        return FlushAsync();
    }

    public void Disconnect(ServiceConnection connection)
    {
        lock (_lock)
        {
            if (_connection == connection)
                _connection = null;
        }
    }

    /// <summary>Sends what is saved and has not left over the present connection.</summary>
    public async ValueTask FlushAsync()
    {
        if (!HasWork())
            return;

        await _flushing.WaitAsync().ConfigureAwait(false);
        try
        {
            ServiceConnection? connection;
            List<byte[]> packets = [];
            lock (_lock)
            {
                connection = _connection;
                foreach (var pending in _byKey.Values.Where(pending =>
                        connection is not null && pending.IsDurable && pending.SentOver != connection))
                {
                    pending.SentOver = connection;
                    packets.Add(pending.Packet);
                }
            }

            if (connection is not null && packets.Count > 0)
                await connection.TrySendAsync(packets).ConfigureAwait(false);
        }
        finally
        {
            _flushing.Release();
        }
    }

    private static long TickOf(DeviceRecordKey key) => long.Parse(key.Id.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private bool HasWork()
    {
        lock (_lock)
            return _connection is not null && _byKey.Count > 0;
    }

    private void Insert(PendingSend pending)
    {
        _byKey[pending.Key.Id] = pending;
        _byMessage[pending.MessageId] = pending;
    }
}

/// <summary>One finished stanza on its way.</summary>
internal sealed class PendingSend(DeviceRecordKey key, byte[] packet, Node stanza)
{
    private readonly TaskCompletionSource<SendResult> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DeviceRecordKey Key { get; } = key;

    public string MessageId { get; } = stanza.Required("id");

    /// <summary>The recipient as addressed.</summary>
    public Jid To { get; } = stanza.RequiredJid("to");

    public byte[] Packet { get; set; } = packet;

    /// <summary>When it was encrypted, as <see cref="TimeProvider.GetTimestamp"/> counts; null when that was in an earlier run.</summary>
    public long? EncryptedAt { get; init; }

    /// <summary>The participant hash of the devices it was made for; null when it was made by an earlier run.</summary>
    public string? DeviceHash { get; set; }

    public bool IsDurable { get; set; }

    public ServiceConnection? SentOver { get; set; }

    /// <summary>Whether the one automatic second attempt has been made.</summary>
    public bool HasBeenRepeated { get; set; }

    public Task<SendResult> Result => _result.Task;

    public void Complete(SendResult result) => _result.TrySetResult(result);
}
