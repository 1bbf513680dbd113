using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Phones;
using Recado.Simulator.Service;

namespace Recado.Simulator;

/// <summary>The primary phone of one account: device 0, with a Signal endpoint of its own. Thread-safe.</summary>
public sealed partial class SimulatedPhone
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default);

    private readonly Exchange _exchange;
    private readonly PhoneEndpoint _endpoint;

    internal SimulatedPhone(Exchange exchange, PhoneEndpoint endpoint)
    {
        _exchange = exchange;
        _endpoint = endpoint;
    }

    /// <summary>The number, digits only.</summary>
    public string PhoneNumber => _endpoint.Account.Phone;

    /// <summary>JID by number.</summary>
    public Jid Jid => _endpoint.Account.PhoneJid;

    /// <summary>JID by LID.</summary>
    public Jid Lid => _endpoint.Account.LidJid;

    /// <summary>The push name.</summary>
    public string Name => _exchange.Read(() => _endpoint.Account.Name);

    /// <summary>The linked devices, by number.</summary>
    public IReadOnlyList<LinkedDevice> LinkedDevices => _exchange.Read(() => (IReadOnlyList<LinkedDevice>)
        [.. _endpoint.Account.Companions.Select(d => new LinkedDevice(d.Number, d.Label, IsOnline: d.Link is not null, Undelivered: d.Queue.Count))]);

    /// <summary>
    /// The last 20,000 messages that the phone has decrypted, oldest first: received ones, and those that companions of its own account sent.
    /// </summary>
    public IReadOnlyList<InboxMessage> Inbox => _exchange.Read(() => _endpoint.Inbox.Items);

    /// <summary>The last 50,000 receipts that came back for messages of the account, oldest first.</summary>
    public IReadOnlyList<PhoneReceipt> Receipts => _exchange.Read(() => _endpoint.Receipts.Items);

    /// <summary>Scans a QR code and links the device that shows it.</summary>
    /// <returns>The device number, once the device has proved its keys.</returns>
    /// <exception cref="SimulatorException">The code is not one, is unknown or has expired, or the device refused the pairing.</exception>
    public async Task<int> ScanAsync(string qr, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(qr);

        var device = await _exchange.Pairing.ScanAsync(_endpoint, qr, ct);
        return device.Number;
    }

    /// <summary>Sends a text to every device of the recipient, and a copy to the companions of the own account.</summary>
    /// <param name="to">A number (addressed by LID), or a JID (addressed as given).</param>
    /// <param name="text">The text.</param>
    /// <param name="ct">Not used once the message is on its way, which is at once.</param>
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">Nobody has the number or JID, or the service refuses the message.</exception>
    public Task<string> SendTextAsync(string to, string text, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(text);

        return SendAsync(to, new Message { Conversation = text }, ct);
    }

    /// <summary>Sends a text that says where its author comes from, as the first message after a click on an ad does.</summary>
    /// <inheritdoc cref="SendTextAsync(string, string, CancellationToken)"/>
    public Task<string> SendTextAsync(string to, string text, MessageReferral referral, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(text);

        return SendAsync(to, MessageContentMapper.ToProto(new TextContent(text) { Context = new() { Referral = referral } }), ct);
    }

    /// <summary>Sends a message given in protobuf JSON, such as <c>{"conversation":"hello"}</c>.</summary>
    /// <inheritdoc cref="SendTextAsync(string, string, CancellationToken)"/>
    public Task<string> SendMessageAsync(string to, string messageJson, CancellationToken ct = default) => SendAsync(to, Parse(messageJson), ct);

    /// <summary>
    /// Sends a message without telling the service what it does (the attribute <c>edit</c>), as a manipulated app does that wants past the
    /// service's checks.
    /// </summary>
    /// <inheritdoc cref="SendMessageAsync"/>
    public Task<string> SendUnmarkedAsync(string to, string messageJson, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(to);
        ct.ThrowIfCancellationRequested();
        var message = Parse(messageJson);
        return Task.FromResult(_exchange.Run(() => _endpoint.Submit(_endpoint.Prepare(_endpoint.Resolve(to), message).Without("edit"))));
    }

    /// <summary>Votes in a poll of the inbox.</summary>
    /// <param name="pollId">Message id of the poll.</param>
    /// <param name="options">The chosen options; none takes the vote back.</param>
    /// <param name="ct">Not used once the vote is on its way, which is at once.</param>
    /// <returns>The message id of the vote.</returns>
    /// <exception cref="SimulatorException">There is no such poll, or the service refuses the vote.</exception>
    public Task<string> VoteAsync(string pollId, IReadOnlyList<string> options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Answer(pollId, poll => PollVoteContent.For(poll, options, _exchange.Now))));
    }

    /// <summary>Adds an option to a poll of the inbox.</summary>
    /// <returns>The message id of the addition.</returns>
    /// <exception cref="SimulatorException">There is no such poll, or the service refuses the message.</exception>
    public Task<string> AddOptionAsync(string pollId, string option, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Answer(pollId, poll => new PollOptionContent(poll, option))));
    }

    /// <summary>Answers an event of the inbox.</summary>
    /// <returns>The message id of the answer.</returns>
    /// <exception cref="SimulatorException">There is no such event, or the service refuses the answer.</exception>
    public Task<string> AnswerEventAsync(string eventId, EventAnswer answer, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Answer(eventId, asked => new EventResponseContent(asked, answer, _exchange.Now))));
    }

    /// <summary>Encrypts texts without sending them, for measurements that should not measure the phone.</summary>
    public IReadOnlyList<PreparedMessage> PrepareTexts(string to, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(to);
        ArgumentNullException.ThrowIfNull(texts);

        return _exchange.Run(() =>
        {
            var chat = _endpoint.Resolve(to);
            return (IReadOnlyList<PreparedMessage>)[.. texts.Select(text => new PreparedMessage(_endpoint.Prepare(chat, new Message { Conversation = text })))];
        });
    }

    /// <summary>Sends prepared messages, in their order. Each can be sent once.</summary>
    public void SendPrepared(IEnumerable<PreparedMessage> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);

        foreach (var message in messages)
        {
            _exchange.Run(() => _endpoint.Submit(message.Stanza));
        }
    }

    /// <summary>Marks received messages as read; all unread ones when no id is given.</summary>
    /// <returns>The ids that were marked.</returns>
    public Task<IReadOnlyList<string>> ReadAsync(IReadOnlyCollection<string>? messageIds = null, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Read(messageIds)));
    }

    /// <summary>Unlinks a companion, as the list of linked devices on a phone does.</summary>
    /// <exception cref="SimulatorException">The account has no such companion.</exception>
    public Task UnlinkAsync(int device, CancellationToken ct = default)
    {
        ct.ThrowIfCancellationRequested();
        _exchange.Run(() =>
        {
            var companion = _endpoint.Account.Companions.FirstOrDefault(d => d.Number == device)
                ?? throw new SimulatorException($"The account has no linked device {device}.");
            _exchange.Devices.Unlink(companion);
        });
        return Task.CompletedTask;
    }

    /// <summary>Switches the phone off: it neither decrypts nor answers anything until it is switched on, and then catches up.</summary>
    /// <remarks>It can be used to send all the while. What waits for it is lost with the service.</remarks>
    public void SwitchOff() => _exchange.Run(() => _endpoint.Switch(isOn: false));

    /// <summary>Switches the phone on.</summary>
    public void SwitchOn() => _exchange.Run(() => _endpoint.Switch(isOn: true));

    /// <summary>Forgets every session, as a phone does that was restored from an old backup: what comes next cannot be decrypted at first.</summary>
    public void ForgetSessions() => _exchange.Run(_endpoint.ForgetSessions);

    /// <summary>Waits for a message, past or to come.</summary>
    public Task<InboxMessage> WaitForMessageAsync(Func<InboxMessage, bool> predicate, CancellationToken ct) =>
        _endpoint.Inbox.WaitForAsync(predicate, ct);

    /// <summary>Waits for a receipt, past or to come.</summary>
    public Task<PhoneReceipt> WaitForReceiptAsync(Func<PhoneReceipt, bool> predicate, CancellationToken ct) =>
        _endpoint.Receipts.WaitForAsync(predicate, ct);

    private static Message Parse(string messageJson)
    {
        try
        {
            return Json.Parse<Message>(messageJson);
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidJsonException)
        {
            throw new SimulatorException($"The message is not protobuf JSON of a WhatsApp message: {e.Message}", e);
        }
    }

    private Task<string> SendAsync(string to, Message message, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(to);
        ct.ThrowIfCancellationRequested();
        return Task.FromResult(_exchange.Run(() => _endpoint.Submit(_endpoint.Prepare(_endpoint.Resolve(to), message))));
    }
}

/// <summary>A message that is encrypted but not sent.</summary>
public sealed class PreparedMessage
{
    internal PreparedMessage(Node stanza) => Stanza = stanza;

    /// <summary>The message id.</summary>
    public string Id => Stanza["id"]!;

    internal Node Stanza { get; }
}

/// <summary>A companion in the phone's list of linked devices.</summary>
/// <param name="Number">Device number, 1 or more.</param>
/// <param name="Label">Name the device gave itself, such as an operating system.</param>
/// <param name="IsOnline">Whether it is connected.</param>
/// <param name="Undelivered">Stanzas it has not settled.</param>
public sealed record LinkedDevice(int Number, string? Label, bool IsOnline, int Undelivered);
