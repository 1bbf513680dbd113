using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Client.Connection;

/// <summary>Connects, and connects again, until there is a reason to stay away.</summary>
internal sealed class ConnectionLoop(
    DeviceState state,
    OwnDevice own,
    SessionStatus status,
    LiveConnection live,
    Outbox outbox,
    LoginSequence login,
    InboundProcessor processor,
    BesideWork besideWork,
    RequestIds ids,
    ClientOptions options,
    ILogger logger)
{
    // A connection that ends sooner than this after its login counts as a failed attempt, lest the two sides chase each other.
    private static readonly TimeSpan StableAfter = TimeSpan.FromSeconds(30);

    private readonly Backoff _backoff = new(options.ReconnectStep, options.ReconnectLimit, options.Random);
    private bool _isKnown; // linked before this run began, or logged in since
    private WebVersion? _refusedVersion;
    private long? _loggedInAt;

    /// <summary>Publishes that the session begins to connect.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        _backoff.Reset();
        _isKnown = own.Current is { IsPaired: true };
        _refusedVersion = null;
        await status.SetAsync(SessionState.Connecting, null, null, ct).ConfigureAwait(false);
    }

    /// <summary>Runs until stopped or until a verdict says stop.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            var (verdict, version) = await ConnectAsync(ct).ConfigureAwait(false);
            if (verdict.Reason is DisconnectReason.ClientOutdated
                && _refusedVersion is null
                && await HasNewerVersionAsync(version, ct).ConfigureAwait(false))
            {
                _refusedVersion = version;
                continue;
            }

            if (verdict.Next is NextStep.Stop or NextStep.StopAndErase)
            {
                await StayAwayAsync(verdict).ConfigureAwait(false);
                return;
            }

            if (!await ComeBackAsync(verdict, ct).ConfigureAwait(false))
            {
                await StayAwayAsync(Verdict.StoppedByUser).ConfigureAwait(false);
                return;
            }
        }
    }

    private async Task<bool> ComeBackAsync(Verdict verdict, CancellationToken ct)
    {
        // A device that is just being linked goes on connecting; the new connection that linking ends with is no trouble to report.
        var isFirstLogin = !_isKnown && verdict.Next is NextStep.ReconnectNow;
        await status
            .SetAsync(
                _isKnown ? SessionState.Reconnecting : SessionState.Connecting,
                isFirstLogin ? null : verdict.Reason,
                isFirstLogin ? null : verdict.Detail,
                CancellationToken.None)
            .ConfigureAwait(false);
        if (_loggedInAt is { } since && options.Time.GetElapsedTime(since) >= StableAfter)
            _backoff.Reset();
        _loggedInAt = null;

        try
        {
            var delay = _backoff.Next(); // none after a stable connection, or when the device was just linked
            ClientLog.Waiting(logger, delay);
            await Task.Delay(delay, options.Time, ct).ConfigureAwait(false);
            return !ct.IsCancellationRequested;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Publishes that the session is at rest, erasing its keys if the verdict says so.</summary>
    public async Task StayAwayAsync(Verdict verdict)
    {
        using var device = await state.BeginNowAsync(CancellationToken.None).ConfigureAwait(false);
        if (verdict.Next is NextStep.StopAndErase)
        {
            device.Changes.Erase();
            own.Use(null);
            outbox.Clear();
        }

        status.Set(device, verdict.State, verdict.Reason, verdict.Detail);
        device.Publish();
    }

    private async Task<(Verdict Verdict, WebVersion Version)> ConnectAsync(CancellationToken ct)
    {
        WebVersion version = default;
        try
        {
            var credentials = own.Current ?? Credentials.Create(options.Random, options.Time);
            own.Use(credentials);
            version = await options.Version.GetAsync(ct).ConfigureAwait(false);
            var payload = credentials.IsPaired
                ? ClientPayloads.Login(options.Device, version, credentials.PhoneNumber!.Value)
                : ClientPayloads.Registration(options.Device, version, credentials.Identity, credentials.SignedPreKey);
            var wire = await OpenAsync(credentials, payload, ct).ConfigureAwait(false);
            using var connection = new ServiceConnection(wire, options, ids, logger);
            if (!_isKnown)
                await status.SetAsync(SessionState.Connecting, null, null, ct).ConfigureAwait(false); // what was in the way is gone
            return (await RunAsync(connection, credentials.IsPaired, ct).ConfigureAwait(false), version);
        }
        catch (Exception cause)
        {
            return (VerdictOf(cause, ct), version);
        }
    }

    private async Task<NoiseConnection> OpenAsync(Credentials credentials, byte[] payload, CancellationToken ct)
    {
        var routing = (await state.ReadAsync(IbReceiver.RoutingKey, ct).ConfigureAwait(false)).Data ?? [];
        try
        {
            return await NoiseConnection.OpenAsync(options, credentials.NoiseKey, routing, payload, ct).ConfigureAwait(false);
        }
        catch (ConnectionException) when (routing.Length > 0)
        {
            // The hint may have led us astray: without it next time.
            using var device = await state.BeginNowAsync(ct).ConfigureAwait(false);
            device.Delete(IbReceiver.RoutingKey);
            device.Publish();
            throw;
        }
    }

    private async Task<Verdict> RunAsync(ServiceConnection connection, bool isPaired, CancellationToken ct)
    {
        var life = connection.Lifetime;
        var pairing = isPaired ? null : new PairingFlow(state, own, options);
        Task[] loops;
        using (ct.Register(() => connection.End(Verdict.StoppedByUser)))
        {
            loops =
            [
                GuardAsync(connection, connection.ReadAllAsync),
                GuardAsync(connection, () => processor.RunAsync(connection, pairing, life)),
                GuardAsync(connection, () => new KeepAlive(connection, options).RunAsync(life)),
                GuardAsync(connection, () => connection.Jobs.RunAsync(life)),
                GuardAsync(connection, () => pairing is null ? EnterAsync(connection, life) : pairing.RunAsync(connection, life)),
            ];
            await connection.Ended.ConfigureAwait(false);
        }

        live.Set(null);
        outbox.Disconnect(connection);
        await connection.CloseAsync().ConfigureAwait(false);
        await Task.WhenAll(loops).ConfigureAwait(false);
        if (pairing is not null && own.Current is { IsPaired: true })
            _backoff.Reset();
        return await connection.Ended.ConfigureAwait(false);
    }

    private async Task EnterAsync(ServiceConnection connection, CancellationToken ct)
    {
        await login.RunAsync(connection, LoggedIn, ct).ConfigureAwait(false);
        await Task.WhenAll(besideWork.Loops(connection, ct).Select(loop => GuardAsync(connection, loop))).ConfigureAwait(false);
    }

    private void LoggedIn()
    {
        _isKnown = true;
        _refusedVersion = null;
        _loggedInAt = options.Time.GetTimestamp();
    }

    /// <summary>Runs one loop of a connection; however it fails, the connection ends with a verdict.</summary>
    private async Task GuardAsync(ServiceConnection connection, Func<Task> loop)
    {
        try
        {
            await loop().ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            connection.End(
                cause is ConnectionException && connection.OnClose.Next is NextStep.ReconnectNow
                    ? connection.OnClose
                    : VerdictOf(cause, connection.Lifetime));
        }
    }

    private Verdict VerdictOf(Exception cause, CancellationToken ct)
    {
        switch (cause)
        {
            case OperationCanceledException when ct.IsCancellationRequested:
                return Verdict.StoppedByUser;
            case ConnectionException:
                return Verdict.Lost(cause.Message);
            case ProtocolException { Error: ProtocolError.CertificateRejected }:
                ClientLog.ProtocolViolation(logger, cause.Message);
                return new(
                    NextStep.Stop,
                    SessionState.Error,
                    DisconnectReason.CertificateRejected,
                    $"{cause.Message} Somebody may be in between, or this machine's clock is wrong. Nothing was sent.");
            case ProtocolException:
                ClientLog.ProtocolViolation(logger, cause.Message);
                return new(
                    NextStep.ReconnectLater,
                    SessionState.Reconnecting,
                    DisconnectReason.ProtocolViolation,
                    $"WhatsApp broke the protocol: {cause.Message}");
            case StoreException:
                ClientLog.StoreFailed(logger, cause);
                return new(
                    NextStep.ReconnectLater,
                    SessionState.Reconnecting,
                    DisconnectReason.StorageFailed,
                    $"{cause.Message} Nothing was lost; the session tries again.");
            case SignalException or FormatException:
                ClientLog.Fault(logger, cause);
                return new(
                    NextStep.Stop,
                    SessionState.Error,
                    DisconnectReason.DataBroken,
                    $"The session's stored keys cannot be read: {cause.Message}");
            default:
                ClientLog.Fault(logger, cause);
                return new(
                    NextStep.ReconnectLater,
                    SessionState.Reconnecting,
                    DisconnectReason.InternalError,
                    $"An unexpected fault ended the connection: {cause.Message}");
        }
    }

    private async ValueTask<bool> HasNewerVersionAsync(WebVersion refused, CancellationToken ct)
    {
        try
        {
            return await options.Version.GetAsync(ct).ConfigureAwait(false) != refused;
        }
        catch (Exception cause) when (cause is not OperationCanceledException || ct.IsCancellationRequested)
        {
            return false; // the refusal stands; its detail says what to do
        }
    }
}
