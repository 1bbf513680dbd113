using Microsoft.Extensions.Logging;
using Recado.Client.Contacts;
using Recado.Client.Pairing;
using Recado.Client.Presence;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol.Binary;

namespace Recado.Client.Connection;

/// <summary>From the service's <c>success</c> to a session that sends and receives.</summary>
internal sealed class LoginSequence(
    DeviceState state,
    OwnDevice own,
    SessionStatus status,
    PreKeyStock preKeys,
    Outbox outbox,
    LiveConnection live,
    PresenceClient presence,
    ClientOptions options,
    ILogger logger)
{
    /// <param name="connection">A fresh connection with a login payload.</param>
    /// <param name="loggedIn">Called when the service has let us in.</param>
    /// <param name="ct">Ends with the connection.</param>
    public async Task RunAsync(ServiceConnection connection, Action loggedIn, CancellationToken ct)
    {
        Node success;
        try
        {
            success = await connection.Success.WaitAsync(options.HandshakeTimeout, options.Time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            connection.End(Verdict.Lost("WhatsApp did not answer the login in time."));
            return;
        }

        loggedIn();
        await TakeNamesAsync(success, ct).ConfigureAwait(false);
        await StepAsync("prekeys", () => preKeys.ReplenishAsync(connection, ct)).ConfigureAwait(false);
        await StepAsync("signed prekey", () => preKeys.RotateAsync(connection, ct)).ConfigureAwait(false);
        await StepAsync("active", () => connection.RequestAsync("set", "passive", [new Node("active")], ct)).ConfigureAwait(false);

        await AnnounceAsync(connection, success, ct).ConfigureAwait(false);
        live.Set(connection);
        await status.SetAsync(SessionState.Connected, null, null, ct).ConfigureAwait(false);
        await outbox.ConnectAsync(connection).ConfigureAwait(false);
    }

    // A missing answer costs prekeys or events for a while, but no reason to stay away.
    private async Task StepAsync(string name, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is RequestTimeoutException or RequestRefusedException)
        {
            ClientLog.LoginStepFailed(logger, name, cause.Message);
        }
    }

    /// <summary>The service tells the account's LID and the name it shows to others.</summary>
    private async Task TakeNamesAsync(Node success, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        if (success.JidOf("lid") is { IsLid: true } lid && lid != own.Paired.Lid)
        {
            await device.LearnAsync(own.Paired.PhoneNumber?.ToUser(), lid.ToUser(), ct).ConfigureAwait(false);
            own.Replace(device, own.Paired with { Lid = lid });
        }

        if (success["display_name"] is { Length: > 0 } name)
            await PushName.TakeAsync(device, own, name, ct).ConfigureAwait(false);
        if (!device.Changes.IsEmpty)
            device.Publish();
    }

    private async Task AnnounceAsync(ServiceConnection connection, Node success, CancellationToken ct)
    {
        await connection.SendAsync(PairingFlow.UnifiedSessionStanza(success.NumberOf("t"), options.Time), ct).ConfigureAwait(false);
        await presence.ResumeAsync(connection, ct).ConfigureAwait(false);
    }
}
