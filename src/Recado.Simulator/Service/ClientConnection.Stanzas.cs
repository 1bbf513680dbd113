using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Simulator.Service;

/// <summary>What a connection does with each stanza.</summary>
internal sealed partial class ClientConnection
{
    /// <summary>A decrypted packet.</summary>
    private void Take(byte[] packet)
    {
        Node stanza;
        try
        {
            stanza = NodeCodec.Decode(packet);
        }
        catch (ProtocolException e)
        {
            exchange.Run(() => Reject($"A packet is not a node: {e.Message}"));
            return;
        }

        var fingerprint = stanza.Tag == "message" ? SentLog.Fingerprint(packet) : 0;
        exchange.Run(() =>
        {
            // What a connection sends after its end belongs to nobody.
            if (_closing && Device is not null)
                return;

            exchange.Trace.Stanza(Name, TraceDirection.FromClient, stanza);
            if (packet[0] != 0)
                Reject($"A packet has the flag byte {packet[0]:x2}.");
            else if (Device is { } device)
                TakeFromDevice(device, stanza, fingerprint);
            else
                TakeFromStranger(stanza);
        });
    }

    /// <summary>A registration opens a pairing, a login gets its device.</summary>
    private void Enter(ClientPayload payload, byte[] noiseKey)
    {
        var version = payload.UserAgent?.AppVersion;
        exchange.Trace.Note(
            Name,
            $"{(payload.DevicePairingData is null ? "Login" : "Registration")} of version {version?.Primary}.{version?.Secondary}.{version?.Tertiary}.");
        if (payload.DevicePairingData is not null)
        {
            if (Registration.TryRead(payload, noiseKey, out var problem) is { } registration)
            {
                exchange.Pairing.Open(this, registration);
                return;
            }

            exchange.Trace.Violation(Name, problem!);
            Fail(400);
            return;
        }

        var phone = payload.Username.ToString(CultureInfo.InvariantCulture);
        var device = payload.Device is > 0 and <= ushort.MaxValue and var number
            ? exchange.Accounts.ByPhone(phone)?.Devices.GetValueOrDefault((ushort)number)
            : null;
        if (device is null || !device.NoiseKey.AsSpan().SequenceEqual(noiseKey))
        {
            exchange.Trace.Note(Name, "A login names no device of the service, or comes with another Noise key.");
            Fail(401);
            return;
        }

        if (exchange.Faults.Take(FaultKind.RefuseLogin, phone) is { } refusal)
        {
            Fail(refusal.Code ?? 503);
            return;
        }

        LogIn(device, isPassive: payload.Passive);
    }

    private void LogIn(Device device, bool isPassive)
    {
        device.Link?.Close(Stanzas.StreamError(code: null, Stanzas.Conflict("replaced")));
        Device = device;
        Name = device.ToString();
        device.Link = this;
        Send(new Node("success",
        [
            ("t", exchange.NowText), ("props", 27), ("abprops", 42), ("location", "recado"), ("lid", device.JidAs(Addressing.Lid)),
            ("display_name", device.Account.Name),
        ]));
        Send(Delivery.InfoBroadcast(new Node("edge_routing", [], [Node.Of("routing_info", identity.RoutingInfo)])));
        if (device.DirtySince is { } since)
            Send(Delivery.InfoBroadcast(new Node("dirty", [("type", "account_sync"), ("timestamp", since)])));
        if (!isPassive)
            Activate(device);
    }

    /// <summary>From now on the device gets live stanzas; first what has waited, and at its first login what its phone has for it.</summary>
    private void Activate(Device device)
    {
        if (IsActive)
            return;

        Delivery.Redeliver(device);
        IsActive = true;
        if (device.InitialSyncDone)
            return;

        device.InitialSyncDone = true;
        exchange.Later(() => device.Account.Endpoint.SendInitialSync(device));
    }

    private void Leave()
    {
        exchange.Pairing.Closed(this);
        _closing = true;
        IsActive = false;
        exchange.Trace.Note(Name, "The connection has ended.");
        if (Device is not { } device || device.Link != this)
            return;

        device.Link = null;
        exchange.Presences.Left(device);
    }

    private void TakeFromDevice(Device device, Node stanza, ulong fingerprint)
    {
        switch (stanza.Tag)
        {
            case "iq":
                TakeIq(device, stanza);
                break;
            case "message":
                if (exchange.Messages.Take(device, stanza, fingerprint) is { } ack)
                    Send(ack);
                break;
            case "receipt":
                if (exchange.Receipts.Take(device, stanza) is { } receiptAck)
                    Send(receiptAck);
                break;
            case "ack":
                exchange.Receipts.TakeAck(device, stanza);
                break;
            case "presence":
                exchange.Presences.Take(device, stanza);
                break;
            case "chatstate":
                exchange.Presences.TakeChatState(device, stanza);
                break;
            case "call":
                if (exchange.Calls.Take(device, stanza) is { } callAck)
                    Send(callAck);
                break;
            case "ib":
                break; // offline_batch and unified_session need no answer
            default:
                exchange.Trace.Violation(Name, $"A stanza has the unknown tag '{stanza.Tag}'.");
                break;
        }
    }

    private void TakeIq(Device device, Node iq)
    {
        if (iq["type"] is "result" or "error")
            return;

        if (CheckRequest(iq) is { } problem)
        {
            exchange.Trace.Violation(Name, problem);
            if (iq["id"] is null)
                Close(Stanzas.StreamError(code: null, new Node("xml-not-well-formed")));
            else
                Send(Stanzas.Error(iq, 400, "bad-request"));

            return;
        }

        if (exchange.Faults.Take(FaultKind.RefuseIq, device.Account.Phone, iq["xmlns"]) is { } refused)
        {
            Send(Stanzas.Error(iq, refused.Code ?? 429));
            return;
        }

        var answer = exchange.Queries.Answer(device, iq);
        if (exchange.Faults.Take(FaultKind.IgnoreIq, device.Account.Phone, iq["xmlns"]) is not null)
            return;

        if (answer is not null)
            Send(answer);
        if (iq["xmlns"] != "passive")
            return;

        if (iq.Child("active") is not null)
            Activate(device);
        else
            IsActive = false;
    }

    /// <summary>Before a login: answers to the pairing, keep-alives, and noise that clients make.</summary>
    private void TakeFromStranger(Node stanza)
    {
        switch (stanza.Tag, stanza["type"])
        {
            case ("iq", "result" or "error"):
                if (!exchange.Pairing.Answer(this, stanza))
                    exchange.Trace.Violation(Name, $"An iq answers a question that was not asked: {stanza["id"]}.");
                break;
            case ("iq", _) when CheckRequest(stanza) is { } problem:
                Reject(problem);
                break;
            case ("iq", _):
                Send(stanza["xmlns"] == "w:p" ? Stanzas.Result(stanza) : Stanzas.Error(stanza, 501, "feature-not-implemented"));
                break;
            case ("presence" or "ib" or "ack", _):
                break;
            default:
                Reject($"A '{stanza.Tag}' comes before the login.");
                break;
        }
    }

    private string? CheckRequest(Node iq)
    {
        if (iq["id"] is not { Length: > 0 } id)
            return "An iq has no id.";
        if (iq["type"] is not ("get" or "set"))
            return $"An iq has the type '{iq["type"]}'.";
        if (iq["xmlns"] is null)
            return $"The iq {id} has no xmlns.";
        if (!iq.IsJid("to"))
            return $"The to of the iq {id} is missing or not a JID.";

        return _iqIds.Add(id) ? null : $"The iq id {id} is used a second time on this connection.";
    }

    /// <summary>The client has sent something that WhatsApp ends the stream for.</summary>
    private void Reject(string problem)
    {
        exchange.Trace.Violation(Name, problem);
        Close(Stanzas.StreamError(code: null, new Node("xml-not-well-formed")));
    }

    private void Fail(int reason) => Close(new Node("failure", [("reason", reason), ("location", "recado")]));
}
