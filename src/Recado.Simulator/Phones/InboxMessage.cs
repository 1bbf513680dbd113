namespace Recado.Simulator.Phones;

/// <summary>A message in a simulated phone.</summary>
/// <param name="Id">Message id.</param>
/// <param name="Chat">JID of the chat, as addressed on the wire, without device.</param>
/// <param name="Sender">JID of the sending device.</param>
/// <param name="FromMe">Whether a device of the phone's own account sent it.</param>
/// <param name="Timestamp">When the service took it.</param>
/// <param name="Text">The words in it: text, caption, question, emoji; <see langword="null"/> when there are none.</param>
/// <param name="Message">The decrypted message in protobuf JSON.</param>
/// <param name="PushName">Name the sender gave itself.</param>
public sealed record InboxMessage(
    string Id, string Chat, string Sender, bool FromMe, DateTimeOffset Timestamp, string? Text, string Message, string? PushName)
{
    /// <summary>The kind, such as <c>text</c>, <c>poll</c> or <c>poll_vote</c>.</summary>
    public string Kind
    {
        get;
        init => field = value ?? "text"; // a state file of an earlier version names none
    } = "text";

    /// <summary>Whether <see cref="SimulatedPhone.ReadAsync"/> has marked it.</summary>
    public bool Read { get; init; }

    /// <summary>The file, for messages that are one.</summary>
    public InboxMedia? Media { get; init; }
}
