using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>
/// Messages to groups and to the status feed: one ciphertext for everybody, and beside it the sender key for those who do not have it
/// yet. What everybody gets alike is built once, so that a message costs little more than its queueing.
/// </summary>
internal sealed class GroupMessages(Exchange exchange)
{
    private const byte Version3 = 0x33;
    private const int SignatureLength = 64;
    private const string AdminRemoval = "8";

    /// <summary>Who holds whose sender keys for status updates.</summary>
    public SenderKeyLedger StatusKeys { get; } = new();

    /// <summary>Checks a message and says who gets what of it.</summary>
    public Dispatch Take(Device sender, Node message, Jid to, bool isRetry)
    {
        if (isRetry)
            return Answer(sender, message, to);

        return to.IsStatusBroadcast ? ToStatus(sender, message, to) : ToGroup(sender, message, to);
    }

    private Dispatch ToGroup(Device sender, Node message, Jid to)
    {
        if (Find(sender, to, out var group) is { } problem)
            return new Dispatch(problem);
        if ((message["addressing_mode"] ?? "pn") != ModeOf(group!.Addressing))
            return new Dispatch(new Refusal(421, "A message names an addressing mode that is not its group's.", IsViolation: false));
        if (group.IsAnnouncement && !group.IsAdmin(sender.Account))
            return new Dispatch(new Refusal(401, "A message goes to a group that only admins write to.", IsViolation: false));

        if (message["edit"] == AdminRemoval && !group.IsAdmin(sender.Account))
            return new Dispatch(new Refusal(401, "A message deletes what somebody else wrote, and its sender is no admin of the group.", IsViolation: false));

        var roster = group.Roster(exchange.Devices.Version);
        var hash = message["phash"];
        var refusal = Read(sender, message, to, group.Addressing, group.Has, isStale: hash is not null && hash != roster.Hash, out var content);
        if (content is null)
            return new Dispatch(refusal);

        var holders = group.SenderKeys.Find(sender, content.KeyId);
        if (group.SenderKeys.IsIncomplete && content.Iteration > 0 && holders.Devices.Count == 0)
            holders.Devices.UnionWith(roster.Devices);

        if (hash is null || hash == roster.Hash)
            refusal ??= Missing(sender, holders, content, roster);

        Note(refusal, holders, content);
        return new Dispatch(refusal, Deliveries(sender, message, to, group.Addressing, content, roster.Devices), hash == roster.Hash ? null : roster.Hash);
    }

    /// <summary>A status update goes to whoever holds its sender key: the service does not know who else is meant.</summary>
    private Dispatch ToStatus(Device sender, Node message, Jid to)
    {
        if (message["addressing_mode"] is not null)
            return new Dispatch(new Refusal(479, "A status update names an addressing mode."));

        var isByNumber = message.Child("participants")?.Children is [var first, ..] && first.JidOf("jid") is { IsLid: false };
        var addressing = isByNumber ? Addressing.PhoneNumber : Addressing.Lid;
        var refusal = Read(sender, message, to, addressing, _ => true, isStale: false, out var content);
        if (content is null)
            return new Dispatch(refusal);

        var holders = StatusKeys.Find(sender, content.KeyId);
        Note(refusal, holders, content);
        var linked = holders.Devices.Where(d => d.Account.Devices.GetValueOrDefault(d.Number) == d);
        return new Dispatch(refusal, Deliveries(sender, message, to, addressing, content, linked), Hash: null);
    }

    /// <summary>A message that one device has asked for again, encrypted for it alone.</summary>
    private Dispatch Answer(Device sender, Node message, Jid to)
    {
        Group? group = null;
        if (!to.IsStatusBroadcast && Find(sender, to, out group) is { } problem)
            return new Dispatch(problem);
        if (!message.IsJid("participant") || exchange.Accounts.FindDevice(message.RequiredJid("participant")) is not { } target)
            return new Dispatch(new Refusal(479, "A retried message names no device as its participant, or one that is not linked.", IsViolation: false));
        if (group is not null && !group.Has(target.Account))
            return new Dispatch(new Refusal(403, "A retried message goes to a device of nobody in the group.", IsViolation: false));

        var enc = message.RequiredChild("enc");
        var refusal = MessageRules.RetryCount(sender, message, enc, target) ?? MessageRules.Encs(sender, message, [(target, enc)]);
        if (refusal is null)
            (group?.SenderKeys ?? StatusKeys).NoteAnswer(sender, target);

        var addressing = group?.Addressing ?? (message.RequiredJid("participant").IsLid ? Addressing.Lid : Addressing.PhoneNumber);
        return new Dispatch(refusal, [(target, Build(sender, message, to, addressing, [enc], enc["type"] == "pkmsg"))], Hash: null);
    }

    private Refusal? Find(Device sender, Jid to, out Group? group)
    {
        group = exchange.Groups.Find(to);
        if (group is null)
            return new Refusal(404, "A message goes to a group that does not exist.", IsViolation: false);

        return group.Has(sender.Account) ? null : new Refusal(403, "A message goes to a group that its sender is not in.", IsViolation: false);
    }

    /// <summary>Reads what a message holds, and checks all of it that the service can see.</summary>
    /// <returns>What is wrong with it, if anything; what it holds is <see langword="null"/> when that cannot be told.</returns>
    private Refusal? Read(
        Device sender, Node message, Jid to, Addressing addressing, Func<Account, bool> isMeant, bool isStale, out Content? content)
    {
        content = null;
        if (message.ChildrenOf("enc").ToList() is not [{ } enc] || enc["v"] != "2" || enc["type"] != "skmsg")
            return new Refusal(479, "A message to a group has not exactly one skmsg at its top.");
        if (message.Child("tctoken") is not null || message.Child("cstoken") is not null)
            return new Refusal(479, "A message to a group carries a privacy token.");

        var copies = new List<(Device Device, Node Enc)>();
        if (message.Child("participants") is { } participants
            && exchange.Messages.Rules.Copies(sender, participants, addressing, isMeant, isStale, copies) is { } wrong)
            return wrong;
        if (ReadKey(enc) is not { } key)
            return new Refusal(479, "An skmsg is not a message under a sender key.");

        content = new Content(enc, key.Id, key.Iteration, copies.ToDictionary(c => c.Device, c => c.Enc));
        var refusal = MessageRules.Encs(sender, message, copies);
        return sender.Sent.UseKey(to.ToString(), BitConverter.GetBytes(key.Id), key.Iteration, enc.Bytes.Span)
            ? refusal
            : new Refusal(479, $"A sender key is used a second time for other bytes: iteration {key.Iteration} in {to}.");
    }

    private static SenderKeyWireMessage? ReadKey(Node enc)
    {
        var bytes = enc.Bytes.Span;
        if (bytes.Length <= 1 + SignatureLength || bytes[0] != Version3)
            return null;

        try
        {
            var message = SenderKeyWireMessage.Parser.ParseFrom(bytes[1..^SignatureLength]);
            return message is { HasId: true, HasIteration: true, Ciphertext.IsEmpty: false } ? message : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>Whoever knows all devices must have given each of them the key.</summary>
    private static Refusal? Missing(Device sender, SenderKeyLedger.Holders holders, Content content, Roster roster)
    {
        if (holders.CompleteFor == roster)
            return null;

        var missing = roster.Devices.FirstOrDefault(d => d != sender && !holders.Devices.Contains(d) && !content.Copies.ContainsKey(d));
        if (missing is not null)
            return new Refusal(479, $"A message to a group does not give its sender key to {missing}, which never got it.");

        holders.CompleteFor = roster;
        return null;
    }

    private void Note(Refusal? refusal, SenderKeyLedger.Holders holders, Content content)
    {
        if (refusal is null || !exchange.Options.Strict)
            holders.Devices.UnionWith(content.Copies.Keys);
    }

    private IEnumerable<(Device Device, Node Stanza)> Deliveries(
        Device sender, Node message, Jid to, Addressing addressing, Content content, IEnumerable<Device> receivers)
    {
        var common = Build(sender, message, to, addressing, [content.Enc], withIdentity: false);
        foreach (var device in receivers)
        {
            if (device == sender)
                continue; // one client library gives its sender key to itself, too

            yield return content.Copies.TryGetValue(device, out var key)
                ? (device, Build(sender, message, to, addressing, [key, content.Enc], key["type"] == "pkmsg"))
                : (device, common);
        }
    }

    private Node Build(Device sender, Node message, Jid to, Addressing addressing, IReadOnlyList<Node> encs, bool withIdentity)
    {
        var isLid = addressing == Addressing.Lid;
        List<Node> children = [.. encs];
        if (withIdentity && message.Child("device-identity") is { } identity)
            children.Add(identity);

        children.AddRange(message.Children.Where(c => c.Tag is "meta" or "reporting" or "biz"));
        return new Node("message",
            [
                ("from", to), ("id", message["id"]), ("type", message["type"]), ("t", exchange.NowText), ("notify", sender.Account.Name),
                ("participant", sender.JidAs(addressing)),
                (isLid ? "participant_pn" : "participant_lid", isLid ? sender.Account.PhoneJid : sender.Account.LidJid),
                ("addressing_mode", to.IsGroup ? ModeOf(addressing) : null), ("edit", message["edit"]),
            ],
            children);
    }

    private static string ModeOf(Addressing addressing) => addressing == Addressing.Lid ? "lid" : "pn";

    /// <summary>What a message holds.</summary>
    private sealed record Content(Node Enc, uint KeyId, uint Iteration, Dictionary<Device, Node> Copies);
}
