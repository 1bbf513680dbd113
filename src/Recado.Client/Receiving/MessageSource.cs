using Recado.Client.Pairing;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>Who wrote a message stanza to whom, read from its attributes.</summary>
/// <param name="Id">The message id.</param>
/// <param name="Timestamp">The service's time.</param>
/// <param name="Chat">The chat it belongs to: the partner's user JID, the group, the channel, or our own broadcast list.</param>
/// <param name="Group">The group or broadcast list it was sent to; null in a conversation of two.</param>
/// <param name="Sender">The sending device.</param>
/// <param name="SenderOtherName">The sender's other name, if the stanza tells.</param>
/// <param name="ChatOtherName">The chat partner's other name, if the stanza tells.</param>
/// <param name="IsFromMe">Whether another device of the own account wrote it.</param>
internal sealed record MessageSource(
    string Id,
    DateTimeOffset Timestamp,
    Jid Chat,
    Jid? Group,
    Jid Sender,
    Jid? SenderOtherName,
    Jid? ChatOtherName,
    bool IsFromMe)
{
    /// <exception cref="ProtocolException">The stanza lacks what it needs, or contradicts itself.</exception>
    public static MessageSource Parse(Node stanza, Credentials own)
    {
        var id = stanza.Required("id");
        var from = stanza.RequiredJid("from");
        var seconds = stanza.NumberOf("t");
        if (seconds is null or < 0 or > 253_402_300_799)
            throw ProtocolException.MalformedStanza("A message has no valid timestamp.");

        var timestamp = DateTimeOffset.FromUnixTimeSeconds(seconds.Value);
        if (from.IsNewsletter)
            return new(id, timestamp, from, null, from, null, null, IsFromMe: false);

        if (from.IsGroup || from.IsBroadcast)
        {
            // What somebody sends to a list of theirs is, for each who gets it, a message in the conversation of two.
            var participant = stanza.RequiredJid("participant");
            var isFromMe = own.IsOwn(participant);
            var chat = from.IsBroadcast && !from.IsStatusBroadcast && !isFromMe ? participant.ToUser() : from;
            return new(id, timestamp, chat, from, participant, OtherName(stanza, participant, "participant"), null, isFromMe);
        }

        var recipient = stanza.JidOf("recipient");
        if (own.IsOwn(from))
        {
            var chat = (recipient ?? from).ToUser();
            return new(
                id,
                timestamp,
                chat,
                null,
                from,
                null,
                OtherName(stanza, chat, "peer_recipient") ?? OtherName(stanza, chat, "recipient"),
                IsFromMe: true);
        }

        if (recipient is not null)
            throw ProtocolException.MalformedStanza("A message of somebody else names a recipient.");

        var other = OtherName(stanza, from, "sender");
        return new(id, timestamp, from.ToUser(), null, from, other, other, IsFromMe: false);
    }

    private static Jid? OtherName(Node stanza, Jid jid, string prefix) => stanza.JidOf(prefix + (jid.IsLid ? "_pn" : "_lid"))?.ToUser();
}
