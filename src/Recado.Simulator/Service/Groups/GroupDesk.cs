using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Groups;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service.Groups;

/// <summary>Answers requests about groups (<c>w:g2</c>), of clients and of phones alike, and tells members of what they change.</summary>
internal sealed partial class GroupDesk(Exchange exchange, GroupDirectory groups)
{
    private const int MaxMembers = 1024, MaxSubject = 100, MaxDescription = 2048;

    private static readonly Jid Server = new("", JidServer.Group);

    private readonly GroupNotices _notices = new(exchange);

    /// <summary>Answers a request.</summary>
    /// <param name="device">Who asks.</param>
    /// <param name="iq">The request, which has its id and to.</param>
    /// <param name="addressing">How a group that it creates knows its members.</param>
    public Node Answer(Device device, Node iq, Addressing addressing = Addressing.Lid)
    {
        var to = iq.RequiredJid("to");
        if (iq.Children is not [var child])
            return Malformed(device, iq, "A request about groups has not exactly one child.");

        try
        {
            if (to == Server)
                return AnswerForAll(device, iq, child, addressing);
            if (!to.IsGroup)
                return Malformed(device, iq, "A request about groups is addressed to something else than a group.");

            return groups.Find(to) is { } group ? AnswerFor(device, iq, child, group) : Error(iq, 404);
        }
        catch (ProtocolException e)
        {
            return Malformed(device, iq, e.Message);
        }
    }

    private Node AnswerForAll(Device device, Node iq, Node child, Addressing addressing) => (iq["type"], child.Tag) switch
    {
        ("get", "participating") => Result(iq, Node.Of("groups", [.. groups.Of(device.Account).Select(g => Format(g))])),
        ("set", "create") => Create(device, iq, child, addressing),
        ("set", "leave") => Leave(device, iq, child),
        ("get", "invite") => InviteInfo(iq, child),
        ("set", "invite") => Join(device, iq, child),
        _ => Unknown(device, iq, child),
    };

    private Node AnswerFor(Device device, Node iq, Node child, Group group)
    {
        var (account, isGet) = (device.Account, iq["type"] == "get");
        if (!group.Has(account))
        {
            return (isGet, child.Tag) switch
            {
                (true, "query") when child.Child("add_request") is { } request => PersonalInviteInfo(account, iq, request, group),
                (false, "accept") => Accept(device, iq, child, group),
                _ => Error(iq, 403),
            };
        }

        return (isGet, child.Tag) switch
        {
            (true, "query") => Result(iq, Format(group)),
            (true, "invite") => group.IsAdmin(account) ? Result(iq, Code(group)) : Error(iq, 401),
            (false, "invite") => group.IsAdmin(account) ? ResetInvite(device, iq, group) : Error(iq, 401),
            (true, "membership_approval_requests") => group.IsAdmin(account) ? Result(iq, JoinRequests(group)) : Error(iq, 403),
            (false, "membership_requests_action") => group.IsAdmin(account) ? Decide(device, iq, child, group) : Error(iq, 403),
            (false, "add") => group.IsAdmin(account) || group.MemberAddMode == MemberAddMode.Everyone ? Add(device, iq, child, group) : Error(iq, 403),
            (false, "remove" or "promote" or "demote") => group.IsAdmin(account) ? Change(device, iq, child, group) : Error(iq, 403),
            (false, "revoke") => group.IsAdmin(account) ? RevokeInvites(iq, child, group) : Error(iq, 403),
            (false, "accept") => Error(iq, 409),
            (false, _) => Set(device, iq, child, group),
            _ => Unknown(device, iq, child),
        };
    }

    private Node Create(Device device, Node iq, Node create, Addressing addressing)
    {
        var subject = create["subject"] ?? "";
        if (subject.Length is 0 or > MaxSubject)
            return Error(iq, 406);
        if (create.Child("parent") is not null || create.Child("linked_parent") is not null)
            return Error(iq, 501);
        if (create.ChildrenOf("participant").Count() >= MaxMembers)
            return Error(iq, 419);

        var creator = device.Account;
        var group = NewGroup(creator, subject, addressing);
        foreach (var setting in create.Children.Where(c => c.Tag != "participant"))
        {
            if (Apply(group, setting) is null)
                return Malformed(device, iq, $"The setting '{setting.Tag}' of a new group is unknown or has no such value.");
        }

        group.Members.Add(creator, GroupRole.SuperAdmin);
        var refused = new List<Node>();
        foreach (var participant in create.ChildrenOf("participant"))
        {
            var (account, result) = Invited(device, participant, group);
            if (account is not null && result is null)
                group.Members.Add(account, GroupRole.Member);
            else if (account != creator)
                refused.Add(result!);
        }

        groups.Add(group);
        exchange.Checkpoint();
        _notices.Created(group, device, create["key"]);
        var formatted = Format(group);
        return Result(iq, new Node("group", formatted.Attributes, [.. formatted.Children, .. refused]));
    }

    private Group NewGroup(Account creator, string subject, Addressing addressing)
    {
        Jid jid;
        do
        {
            // Eighteen digits that begin as WhatsApp's do.
            jid = new Jid($"120363{BitConverter.ToUInt64(exchange.Random.Bytes(8)) % 1_000_000_000_000:D12}", JidServer.Group);
        }
        while (groups.Find(jid) is not null);

        var version = exchange.Now.ToUnixTimeMilliseconds() * 1000;
        return new Group(jid, addressing, exchange.Now)
        {
            Creator = creator,
            Subject = subject,
            SubjectBy = creator,
            SubjectAt = exchange.Now,
            Version = version,
            AnnouncementVersion = version,
            InviteCode = NewCode(),
        };
    }

    private Node Leave(Device device, Node iq, Node leave)
    {
        var results = new List<Node>();
        foreach (var named in leave.Children)
        {
            if (named.Tag != "group" || !named.IsJid("id"))
                return Malformed(device, iq, "What is left is not a group with a JID as id.");

            var jid = named.RequiredJid("id");
            var group = groups.Find(jid);
            int? error = group is null ? 404 : group.Has(device.Account) ? null : 403;
            results.Add(new Node("group", [("id", jid), ("error", error?.ToString(System.Globalization.CultureInfo.InvariantCulture))]));
            if (error is null)
                Remove(device, group!, [device.Account], reason: null);
        }

        return results.Count == 0 ? Malformed(device, iq, "Nothing to leave is named.") : Result(iq, Node.Of("leave", results));
    }

    private Node Unknown(Device device, Node iq, Node child) =>
        Malformed(device, iq, $"There is no request about groups of the type '{iq["type"]}' with a '{child.Tag}'.");

    private Node Malformed(Device device, Node iq, string problem)
    {
        exchange.Trace.Violation(device.ToString(), problem);
        return Error(iq, 400);
    }

    private static Node Format(Group group, bool withMembers = true) =>
        GroupNodes.Format(group.Describe(withMembers)).With(("a_v_id", Group.Text(group.AnnouncementVersion)));

    private static Node Result(Node iq, params IReadOnlyList<Node> children) => From(iq, Stanzas.Result(iq, children));

    private static Node Error(Node iq, int code) => From(iq, Stanzas.Error(iq, code));

    /// <summary>A group answers in its own name.</summary>
    private static Node From(Node iq, Node answer) => new(
        answer.Tag, [("from", iq.RequiredJid("to")), .. answer.Attributes.Where(a => a.Key != "from")], answer.Children);
}
