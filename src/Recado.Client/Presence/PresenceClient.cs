using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Presence;

namespace Recado.Client.Presence;

/// <summary>
/// Whether the account appears online, whose presence it looks at, and what it is seen typing. What others do arrives as
/// <see cref="Events.PresenceChanged"/> and <see cref="Events.ChatStateChanged"/>, and only while the account appears online itself.
/// Thread-safe.
/// </summary>
public sealed class PresenceClient
{
    /// <summary>How many users can be looked at.</summary>
    public const int MaxSubscriptions = 1000;

    /// <summary>The longest time that a chat state is kept up.</summary>
    public static readonly TimeSpan LongestState = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan RepeatInterval = TimeSpan.FromSeconds(10);

    private readonly DeviceState _state;
    private readonly OwnDevice _own;
    private readonly LiveConnection _live;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HashSet<Jid> _subscriptions = [];
    private readonly Dictionary<Jid, Repetition> _repetitions = [];
    private volatile bool _isAvailable;

    internal PresenceClient(DeviceState state, OwnDevice own, LiveConnection live, ClientOptions options)
    {
        (_state, _own, _live, _time) = (state, own, live, options.Time);
        _isAvailable = options.AnnounceAvailable;
    }

    /// <summary>
    /// Whether the account appears online whenever it is connected. Phones stay silent about new messages meanwhile.
    /// Default: <see cref="ClientOptions.AnnounceAvailable"/>.
    /// </summary>
    public bool IsAvailable => _isAvailable;

    /// <summary>Makes the account appear online or offline, now and on later connections.</summary>
    /// <exception cref="PushNameUnknownException">The account's name is not known yet, without which the service takes no presence.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SetAvailableAsync(bool isAvailable, CancellationToken ct)
    {
        var connection = _live.Require();
        var name = await PushName.ReadAsync(_state, ct).ConfigureAwait(false) ?? throw new PushNameUnknownException();
        _isAvailable = isAvailable;
        await AnnounceAsync(connection, name, ct).ConfigureAwait(false);
    }

    /// <summary>Looks at a user's presence, on this connection and on later ones.</summary>
    /// <exception cref="InvalidOperationException">There are <see cref="MaxSubscriptions"/> already.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SubscribeAsync(Jid user, CancellationToken ct)
    {
        var connection = _live.Require();
        lock (_lock)
        {
            if (_subscriptions.Count >= MaxSubscriptions && !_subscriptions.Contains(user.ToUser()))
                throw new InvalidOperationException($"The presence of {MaxSubscriptions} users is looked at already, which is the limit.");

            _subscriptions.Add(user.ToUser());
        }

        await SubscribeOverAsync(connection, user, ct).ConfigureAwait(false);
    }

    /// <summary>Shows in a chat that the account types, records or has stopped. It fades there by itself after some tens of seconds.</summary>
    /// <param name="chat">A user or group.</param>
    /// <param name="state">What the account does.</param>
    /// <param name="duration">
    /// How long to keep it up, by repeating it, until it is shown to have stopped; null to show it once. A later state of the chat ends it.
    /// </param>
    /// <param name="ct">Gives up; does not end a state that is being kept up.</param>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative or longer than <see cref="LongestState"/>.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task SetChatStateAsync(Jid chat, ChatState state, TimeSpan? duration, CancellationToken ct)
    {
        if (duration is { } time && (time < TimeSpan.Zero || time > LongestState))
            throw new ArgumentOutOfRangeException(nameof(duration), duration, $"A state is kept up for {LongestState.TotalMinutes} minutes at most.");

        var connection = _live.Require();
        if (!chat.IsGroup)
        {
            using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
            chat = await device.CanonicalAsync(chat, ct).ConfigureAwait(false);
        }

        EndRepetition(chat);
        await connection.SendAsync(PresenceStanzas.Chat(chat, state, _own.JidLike(chat)), ct).ConfigureAwait(false);
        if (duration is { } length && state != ChatState.Paused)
            Repeat(chat, state, _time.GetUtcNow() + length);
    }

    /// <summary>Announces on a new connection what was wanted on earlier ones.</summary>
    internal async Task ResumeAsync(ServiceConnection connection, CancellationToken ct)
    {
        // The service takes no presence without a name, which may not be known before the first own message.
        if (_isAvailable && await PushName.ReadAsync(_state, ct).ConfigureAwait(false) is { } name)
            await AnnounceAsync(connection, name, ct).ConfigureAwait(false);

        List<Jid> users;
        lock (_lock)
            users = [.. _subscriptions];
        foreach (var user in users)
            await SubscribeOverAsync(connection, user, ct).ConfigureAwait(false);
    }

    /// <summary>Announces a new name, or the one there is.</summary>
    internal async Task AnnounceAsync(ServiceConnection connection, string name, CancellationToken ct)
    {
        connection.IsAvailable = _isAvailable;
        if (_isAvailable)
            await connection.SendAsync(PairingFlow.UnifiedSessionStanza(null, _time), ct).ConfigureAwait(false);
        await connection.SendAsync(PresenceStanzas.Own(_isAvailable, name), ct).ConfigureAwait(false);
    }

    /// <summary>Ends everything that is kept up.</summary>
    internal async Task StopAsync()
    {
        List<Task> running;
        lock (_lock)
        {
            running = [.. _repetitions.Values.Select(repetition => repetition.Running)];
            foreach (var repetition in _repetitions.Values)
                repetition.End.Cancel();
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task SubscribeOverAsync(ServiceConnection connection, Jid user, CancellationToken ct)
    {
        TrustedContactToken? token = null;
        if (!user.IsGroup)
        {
            using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
            user = await device.CanonicalAsync(user, ct).ConfigureAwait(false);
            token = await TrustedContacts.FindTokenAsync(device, user, _time.GetUtcNow(), ct).ConfigureAwait(false);
        }

        await connection.SendAsync(PresenceStanzas.Subscribe(connection.NextId(), user, token), ct).ConfigureAwait(false);
    }

    private void Repeat(Jid chat, ChatState state, DateTimeOffset until)
    {
        lock (_lock)
        {
            var repetition = new Repetition();
            _repetitions[chat] = repetition;
            repetition.Running = Task.Run(() => RepeatAsync(chat, state, until, repetition));
        }
    }

    private void EndRepetition(Jid chat)
    {
        lock (_lock)
        {
            if (_repetitions.Remove(chat, out var present))
                present.End.Cancel();
        }
    }

    private async Task RepeatAsync(Jid chat, ChatState state, DateTimeOffset until, Repetition repetition)
    {
        var ct = repetition.End.Token;
        try
        {
            while (state != ChatState.Paused)
            {
                var left = until - _time.GetUtcNow();
                var pause = left < RepeatInterval ? left : RepeatInterval;
                await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _time, ct).ConfigureAwait(false);
                state = _time.GetUtcNow() >= until ? ChatState.Paused : state;
                await _live.Require().SendAsync(PresenceStanzas.Chat(chat, state, _own.JidLike(chat)), ct).ConfigureAwait(false);
            }
        }
        catch (Exception cause) when (cause is ConnectionException or OperationCanceledException)
        {
            // Another state has taken its place, or nobody is there to see it.
        }
        finally
        {
            lock (_lock)
            {
                if (_repetitions.TryGetValue(chat, out var present) && present == repetition)
                    _repetitions.Remove(chat);
            }
        }
    }

    private sealed class Repetition
    {
        // Without a timer of its own it holds nothing that would have to be disposed of.
        public CancellationTokenSource End { get; } = new();

        public Task Running { get; set; } = Task.CompletedTask;
    }
}
