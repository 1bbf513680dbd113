using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Groups;
using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Client.Stores;
using Recado.Client.Telemetry;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Pairing;
using Recado.Protocol.Signal;

namespace Recado.Client.Sending;

/// <summary>Gives a message again to a device that could not decrypt it, in a new session where the present one seems to be at fault.</summary>
internal sealed class RetryAnswers(
    DeviceState state,
    OwnDevice own,
    SessionStarter sessions,
    GroupDirectory groups,
    DeviceLists deviceLists,
    Repeats repeats,
    ClientOptions options,
    ILogger logger)
{
    private const int MaxAnswers = 5;
    private const int SuspectFrom = 2; // the count at which the session itself is in doubt

    private static readonly TimeSpan NewSessionPause = TimeSpan.FromHours(1);

    /// <summary>Answers the request if it is one that can be answered, and settles it either way.</summary>
    public async Task AnswerAsync(Node receipt, ServiceConnection connection, CancellationToken ct)
    {
        try
        {
            await TryAnswerAsync(receipt, connection, ct).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is ProtocolException or RequestRefusedException)
        {
            ClientLog.StanzaRejected(logger, receipt.Tag, cause.Message);
            await SettleAsync(receipt, connection, ct).ConfigureAwait(false);
        }
    }

    private async Task SettleAsync(Node receipt, ServiceConnection connection, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        device.Send(connection, Settlement.Ack(receipt));
        device.Publish();
    }

    private async Task TryAnswerAsync(Node receipt, ServiceConnection connection, CancellationToken ct)
    {
        var request = Request.Parse(receipt);
        if (request.Chat.IsGroup && !await IsOfMemberAsync(connection, request, ct).ConfigureAwait(false))
        {
            await SettleAsync(receipt, connection, ct).ConfigureAwait(false);
            return;
        }

        var bundle = request.Bundle;
        var isRenewal = false;
        if (bundle is null && await NeedsBundleAsync(request, ct).ConfigureAwait(false))
        {
            var fetched = await sessions.FetchAsync(connection, [request.Requester], ct).ConfigureAwait(false);
            isRenewal = fetched.TryGetValue(request.Requester, out bundle);
        }

        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var address = await device.AddressOfAsync(request.Requester, ct).ConfigureAwait(false);
        if (await FindDueAsync(device, request, address, ct).ConfigureAwait(false) is { } due)
        {
            await NoteSessionAsync(device, request, address, isRenewal, ct).ConfigureAwait(false);
            if (bundle is not null)
                await sessions.TryStartAsync(device, request.Requester, address, bundle, ct).ConfigureAwait(false);
            var target = new RepeatFor(request.Id, request.Requester, request.Chat, request.Recipient, request.Count);
            if (await repeats.TryMakeAsync(device, due.Sent, target, ct).ConfigureAwait(false) is { } answer)
            {
                device.Put(
                    Keys.RetryGiven(address, request.Id), [(byte)(due.Given + 1)], expiresAt: options.Time.GetUtcNow() + options.SentMessageLifetime);
                device.Send(connection, answer);
                ClientLog.Resent(logger, request.Id, due.Given + 1);
                ClientTelemetry.RetryGiven();
            }
        }

        device.Send(connection, Settlement.Ack(receipt));
        device.Publish();
    }

    /// <summary>
    /// Whether the requester is a device of a member, as the group and the device lists have it. A device that is not listed may be new:
    /// the service is asked, which also lets the next message reach it.
    /// </summary>
    private async Task<bool> IsOfMemberAsync(ServiceConnection connection, Request request, CancellationToken ct)
    {
        var user = request.Requester.ToUser();
        var info = await groups.GetAsync(connection, request.Chat, ct).ConfigureAwait(false);
        bool IsUser(GroupParticipant member) => member.Jid.ToUser() == user || member.Lid == user || member.PhoneNumber == user;
        if (GroupRosters.IsLeftOut(request.Requester) || !info.Participants.Any(IsUser))
            return false;
        if (await IsListedAsync(connection, request.Requester, ct).ConfigureAwait(false))
            return true;

        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            await DeviceLists.ForgetAsync(device, user, ct).ConfigureAwait(false);
            device.Publish();
        }

        return await IsListedAsync(connection, request.Requester, ct).ConfigureAwait(false);
    }

    private async Task<bool> IsListedAsync(ServiceConnection connection, Jid requester, CancellationToken ct)
    {
        var user = requester.ToUser();
        var lists = await deviceLists.GetAsync(connection, [user], ct).ConfigureAwait(false);
        return lists.TryGetValue(user, out var list) && list.Devices.Contains(requester);
    }

    /// <summary>
    /// The message to give again; null when there is none, when it was not for the requester, or when it was given often enough. Looked for
    /// first: whoever may not have it neither replaces a session nor makes us ask for keys.
    /// </summary>
    private async ValueTask<DueAnswer?> FindDueAsync(DeviceTransaction device, Request request, SignalAddress address, CancellationToken ct)
    {
        if (await SentMessage.FindAsync(device, request.Id, ct).ConfigureAwait(false) is not { } sent
            || !await IsRecipientAsync(device, sent, request, ct).ConfigureAwait(false))
            return null;

        var given = await device.ReadAsync(Keys.RetryGiven(address, request.Id), ct).ConfigureAwait(false) is [var stored] ? stored : 0;
        return given < MaxAnswers ? new(sent, given) : null;
    }

    /// <summary>A message is given again only to those it was for: to the members of its group, or to the recipient's devices and our own.</summary>
    private async ValueTask<bool> IsRecipientAsync(DeviceTransaction device, SentMessage sent, Request request, CancellationToken ct)
    {
        if (sent.To.IsGroup || request.Chat.IsGroup || request.Chat.IsBroadcast)
            return sent.To == request.Chat; // whether it is a member's device is known by now

        return own.Paired.IsOwn(request.Requester)
            || await device.CanonicalAsync(request.Requester, ct).ConfigureAwait(false)
                == await device.CanonicalAsync(sent.To, ct).ConfigureAwait(false);
    }

    /// <summary>Whether the session at hand is missing, of an earlier installation, or has failed the requester before.</summary>
    private async ValueTask<bool> NeedsBundleAsync(Request request, CancellationToken ct)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        var address = await device.AddressOfAsync(request.Requester, ct).ConfigureAwait(false);
        if (await FindDueAsync(device, request, address, ct).ConfigureAwait(false) is null)
            return false;

        var session = await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false);
        if (session is not { CanSend: true } || (request.Registration is { } registration && registration != session.RemoteRegistrationId))
            return true;
        if (request.Count < SuspectFrom)
            return false;

        // Once an hour, or when the answer before changed nothing about the session.
        var renewedAt = await device.ReadAsync(Keys.SessionRenewed(address), ct).ConfigureAwait(false) is { Length: 8 } data
            ? DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(data))
            : DateTimeOffset.MinValue;
        return options.Time.GetUtcNow() - renewedAt >= NewSessionPause
            || (request.Count > SuspectFrom
                && (await device.ReadAsync(Keys.RetryBaseKey(address, request.Id), ct).ConfigureAwait(false)).AsSpan().SequenceEqual(session.BaseKey));
    }

    /// <summary>Remembers by which session the requester was not served, and when it gets a new one.</summary>
    private async ValueTask NoteSessionAsync(DeviceTransaction device, Request request, SignalAddress address, bool isRenewal, CancellationToken ct)
    {
        var now = options.Time.GetUtcNow();
        if (request.Count == SuspectFrom
            && await device.ReadAsync(Keys.Session(address), LidMap.Session, ct).ConfigureAwait(false) is { BaseKey: { Length: > 0 } baseKey })
            device.Put(Keys.RetryBaseKey(address, request.Id), baseKey, expiresAt: now + options.SentMessageLifetime);
        if (!isRenewal)
            return;

        var data = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(data, now.ToUnixTimeSeconds());
        device.Put(Keys.SessionRenewed(address), data, expiresAt: now + NewSessionPause);
    }

    private sealed record DueAnswer(SentMessage Sent, int Given);

    /// <summary>What a device asks for.</summary>
    private sealed record Request(string Id, Jid Chat, Jid Requester, Jid? Recipient, int Count, uint? Registration, PreKeyBundle? Bundle)
    {
        public static Request Parse(Node receipt)
        {
            var from = receipt.RequiredJid("from");
            return new(
                receipt.Required("id"),
                from,
                from.IsGroup || from.IsBroadcast ? receipt.RequiredJid("participant") : from,
                receipt.JidOf("recipient"),
                (int)Math.Clamp(receipt.Child("retry")?.NumberOf("count") ?? 1, 1, byte.MaxValue),
                receipt.Child("registration") is null ? null : PreKeyBundleNodes.ParseRegistration(receipt),
                receipt.Child("keys") is null ? null : PreKeyBundleNodes.Parse(receipt));
        }
    }
}
