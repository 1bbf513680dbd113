using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Simulator.Service;

/// <summary>Stanzas that a device has not settled yet, in order. Guarded by the exchange's lock.</summary>
internal sealed class DeliveryQueue
{
    private const string Participants = "participants";

    private readonly LinkedList<Node> _stanzas = [];
    private readonly Dictionary<string, int> _owedAcks = [];
    private readonly Dictionary<(string Id, string From, string? Type), LinkedListNode<Node>> _groupable = [];

    public int Count => _stanzas.Count;

    public IEnumerable<Node> Stanzas => _stanzas;

    public void Add(Node stanza)
    {
        var added = _stanzas.AddLast(stanza);
        if (GroupKey(stanza) is { } key)
            _groupable[key] = added;
    }

    /// <summary>Adds a receipt of one member to one that waits for the same message of the group, in the form that names several members.</summary>
    /// <returns>Whether there was one.</returns>
    public bool TryGroup(Node receipt)
    {
        if (GroupKey(receipt) is not { } key || !_groupable.TryGetValue(key, out var waiting))
            return false;

        var earlier = waiting.Value;
        var users = earlier.Child(Participants)?.Children ?? [User(earlier)];
        waiting.Value = new Node("receipt", [.. earlier.Attributes.Where(a => a.Key != "participant")],
            [new Node(Participants, [("key", key.Id)], [.. users, User(receipt)])]);
        return true;
    }

    public int CountOf(string tag) => _stanzas.Count(s => s.Tag == tag);

    /// <summary>Settles the oldest message with this id by a receipt.</summary>
    /// <param name="id">The message id.</param>
    /// <param name="to">Where the receipt is addressed.</param>
    /// <param name="participant">The sender, where <paramref name="to"/> is a group or the status feed.</param>
    /// <param name="type">
    /// Its type. One that is given for a chat, such as <c>read</c>, is addressed to the user; the others go to the sending device.
    /// After <c>retry</c> an <c>ack</c> for the same delivery follows.
    /// </param>
    public AckOutcome SettleByReceipt(string id, Jid to, Jid? participant, string? type)
    {
        var forDevice = type is null or "inactive" or "sender" or "peer_msg" or "retry";
        var found = AckOutcome.Unknown;
        for (var at = _stanzas.First; at is not null; at = at.Next)
        {
            if (at.Value.Tag != "message" || at.Value["id"] != id)
                continue;

            var from = at.Value.RequiredJid("from");
            var author = at.Value.JidOf("participant");
            var isOfAuthor = author is null || (forDevice ? author == participant : author.Value.ToUser() == participant?.ToUser());
            if (isOfAuthor && (forDevice ? from == to : from.ToUser() == to.ToUser()))
            {
                Remove(at);
                if (type == "retry")
                    _owedAcks[id] = _owedAcks.GetValueOrDefault(id) + 1;

                return AckOutcome.Settled;
            }

            found = forDevice ? AckOutcome.Mismatched : found;
        }

        return found;
    }

    /// <summary>Settles a stanza by an <c>ack</c>.</summary>
    public AckOutcome SettleByAck(Node ack)
    {
        var (tag, id, to) = (ack["class"], ack["id"], ack.JidOf("to"));
        if (tag == "message" && id is not null && _owedAcks.TryGetValue(id, out var owed))
        {
            if (owed > 1)
                _owedAcks[id] = owed - 1;
            else
                _owedAcks.Remove(id);

            return AckOutcome.Settled;
        }

        var found = AckOutcome.Unknown;
        for (var at = _stanzas.First; at is not null; at = at.Next)
        {
            if (at.Value.Tag != tag || at.Value["id"] != id)
                continue;

            if (at.Value.JidOf("from") == to && at.Value["participant"] == ack["participant"] && (tag == "message" || at.Value["type"] == ack["type"]))
            {
                Remove(at);
                return AckOutcome.Settled;
            }

            found = AckOutcome.Mismatched;
        }

        return found;
    }

    /// <summary>What the receipts that can become one have in common; <see langword="null"/> for stanzas that stand alone.</summary>
    private static (string Id, string From, string? Type)? GroupKey(Node stanza) =>
        stanza.Tag == "receipt" && stanza["participant"] is not null && stanza.Children.Count == 0 && stanza["recipient"] is null
            ? (stanza["id"]!, stanza["from"]!, stanza["type"])
            : null;

    private static Node User(Node receipt) => new("user", [("jid", receipt.RequiredJid("participant")), ("t", receipt["t"])]);

    private void Remove(LinkedListNode<Node> settled)
    {
        _stanzas.Remove(settled);
        var stanza = settled.Value;
        if (stanza.Tag == "receipt" && _groupable.TryGetValue((stanza["id"]!, stanza["from"]!, stanza["type"]), out var known) && known == settled)
            _groupable.Remove((stanza["id"]!, stanza["from"]!, stanza["type"]));
    }
}

/// <summary>What an <c>ack</c> or receipt did.</summary>
internal enum AckOutcome
{
    Settled,

    /// <summary>A stanza with that id waits, but sender, participant or type differ.</summary>
    Mismatched,

    Unknown,
}
