using Recado.Protocol;
using Recado.Protocol.Messages;

namespace Recado.Client;

/// <summary>A message to send.</summary>
/// <param name="To">The recipient: a user JID by phone number or LID, whose device part is dropped, or a group.</param>
/// <param name="Content">
/// What to say: any kind but <see cref="BusinessContent"/>, which WhatsApp does not show when a linked device sends it. A file must have
/// been uploaded. In a target, the chat is filled in; a quote's author and mentions get the names that the chat uses.
/// </param>
/// <param name="Id">The message id; made when null. Give one to make a send repeatable: the service takes an id only once.</param>
public sealed record OutgoingMessage(Jid To, MessageContent Content, string? Id = null);

/// <summary>What became of <see cref="WhatsAppClient.SendAsync"/>.</summary>
public abstract record SendResult
{
    private SendResult() { }

    /// <summary>The service took the message.</summary>
    /// <param name="MessageId">The message's id.</param>
    /// <param name="Timestamp">The service's time of it.</param>
    public sealed record Sent(string MessageId, DateTimeOffset Timestamp) : SendResult;

    /// <summary>The session is not connected; nothing was saved or sent.</summary>
    public sealed record NotConnected : SendResult;

    /// <summary>The recipient has no WhatsApp; nothing was saved or sent.</summary>
    public sealed record NotOnWhatsApp : SendResult;

    /// <summary>The account is not in the group, or there is no such group; nothing was saved or sent.</summary>
    public sealed record NotAMember : SendResult;

    /// <summary>
    /// The content is about a message that is not known here, so that it cannot be encrypted for those who have that message; nothing was
    /// saved or sent. Concerns votes, answers to events, and comments.
    /// </summary>
    public sealed record TargetUnknown : SendResult;

    /// <summary>The service refused the message; it will not be sent again.</summary>
    /// <param name="MessageId">The message's id.</param>
    /// <param name="Code">The service's code, for instance 463: this account may not write to new contacts for now.</param>
    public sealed record Refused(string MessageId, int Code) : SendResult;

    /// <summary>
    /// The message is saved but the service has not answered in time. It leaves again, unchanged, when the session is connected; events
    /// tell the rest.
    /// </summary>
    /// <param name="MessageId">The message's id.</param>
    public sealed record NotAcknowledged(string MessageId) : SendResult;
}
