using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Client.Tests.Sessions;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;
using Recado.Protocol.Messages;
using Recado.Protocol.Signal;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Groups;

/// <summary>Tests with a group of Bruno's, in which Ana, whose session this is, and Carla are members.</summary>
public abstract class GroupTests : PairedSessionTests
{
    private protected const string Ana = "5511900000001";
    private protected const string Bruno = "5511900000002";
    private protected const string Carla = "5511900000003";

    private protected SimulatedPhone _carla = null!;

    private protected Jid NewGroup(AddressingMode addressing = AddressingMode.Lid)
    {
        _carla ??= _service.AddPhone(Carla, "Carla");
        return _bruno.CreateGroup("Team", [Ana, Carla], addressing).Jid;
    }

    /// <summary>A group that the session has heard of, so that what is told of it later comes after.</summary>
    private protected async Task<Jid> JoinedGroupAsync(AddressingMode addressing = AddressingMode.Lid)
    {
        var group = NewGroup(addressing);
        await ChangedAsync<GroupJoined>(group);
        return group;
    }

    private protected async Task<(GroupChanged Event, T Change)> ChangedAsync<T>(Jid group, Func<T, bool>? wanted = null)
        where T : GroupChange
    {
        bool IsWanted(GroupChange change) => change is T typed && (wanted?.Invoke(typed) ?? true);
        var changed = await _session.WaitAsync<GroupChanged>(Ct, changed => changed.Group == group && changed.Changes.Any(IsWanted));
        return (changed, (T)changed.Changes.First(IsWanted));
    }

    private protected async Task<string> SendAsync(Jid group, string text)
    {
        var result = await _session.SendTextAsync(group, text, Ct);
        return Assert.IsType<SendResult.Sent>(result).MessageId;
    }

    /// <summary>What the session sent to the service under this id.</summary>
    private protected IReadOnlyList<Node> SentStanzas(string id) =>
    [
        .. _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == "message" && entry.Node["id"] == id)
            .Select(entry => entry.Node),
    ];

    /// <summary>The devices that were given the sender key with this message.</summary>
    private protected IReadOnlyList<Jid> Served(string id) =>
        [.. SentStanzas(id)[0].Child("participants")?.Children.Select(to => to.RequiredJid("jid")) ?? []];

    private protected async Task<uint?> OwnKeyIdAsync(Jid group)
    {
        var data = await _session.Store.ReadAsync(Keys.SenderKey(group, _session.Client.LidJid!.Value.ToSignalAddress()), Ct);
        return data is null ? null : SenderKeyRecord.Parse(data).KeyId;
    }
}
