using Recado.Simulator.Phones;

namespace Recado.Simulator;

/// <summary>The primary phone of one account: device 0, with a Signal endpoint of its own. Thread-safe.</summary>
public sealed class SimulatedPhone
{
    internal SimulatedPhone()
    {
    }

    /// <summary>The number, digits only.</summary>
    public string PhoneNumber => throw new NotSupportedException();

    /// <summary>The push name.</summary>
    public string Name => throw new NotSupportedException();

    /// <summary>Numbers of the linked devices.</summary>
    public IReadOnlyList<int> LinkedDevices => throw new NotSupportedException();

    /// <summary>Messages the phone has decrypted: received ones and those its companions sent, oldest first.</summary>
    public IReadOnlyList<InboxMessage> Inbox => throw new NotSupportedException();

    /// <summary>Receipts that came back for messages of the account, oldest first.</summary>
    public IReadOnlyList<PhoneReceipt> Receipts => throw new NotSupportedException();

    /// <summary>Scans a QR code and links the device that shows it.</summary>
    /// <returns>The device number, once the device has proved its keys.</returns>
    /// <exception cref="SimulatorException">The code is not one, is unknown or has expired, or the device refused the pairing.</exception>
    public Task<int> ScanAsync(string qr, CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>Sends a text to every device of the recipient and a copy to the own companions.</summary>
    /// <param name="to">A number (addressed by LID), or a JID (addressed as given).</param>
    /// <param name="text">The text.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <returns>The message id.</returns>
    public Task<string> SendTextAsync(string to, string text, CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>Marks received messages as read; all unread ones when no id is given.</summary>
    /// <returns>The ids that were marked.</returns>
    public Task<IReadOnlyList<string>> ReadAsync(IReadOnlyList<string>? messageIds = null, CancellationToken ct = default) =>
        throw new NotSupportedException();

    /// <summary>Unlinks a companion, as the list of linked devices on a phone does.</summary>
    public Task UnlinkAsync(int device, CancellationToken ct = default) => throw new NotSupportedException();

    /// <summary>Waits for a message, past or to come.</summary>
    public Task<InboxMessage> WaitForMessageAsync(Func<InboxMessage, bool> predicate, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Waits for a receipt, past or to come.</summary>
    public Task<PhoneReceipt> WaitForReceiptAsync(Func<PhoneReceipt, bool> predicate, CancellationToken ct) => throw new NotSupportedException();
}
