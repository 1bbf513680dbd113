using Recado.Client.Connection;
using Recado.Client.Contacts;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Groups;

namespace Recado.Client.Groups;

/// <summary>
/// What is known about groups: kept as records, brought up to date by what the service tells, and asked for when unknown, once for
/// however many want it. Thread-safe.
/// </summary>
internal sealed class GroupDirectory(DeviceState state)
{
    private const int ModeLimit = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<Jid, Question> _asking = [];
    private readonly List<Question> _open = [];
    private readonly Dictionary<Jid, long> _versions = []; // of groups that have changed since the start
    private readonly Dictionary<Jid, AddressingMode> _modes = []; // by which name members speak, as last seen

    /// <summary>The group as it is kept.</summary>
    public static ValueTask<GroupInfo?> FindAsync(DeviceTransaction device, Jid group, CancellationToken ct) =>
        device.ReadAsync(Keys.Group(group), Parse, ct);

    /// <summary>The group as it is kept, or as the service tells.</summary>
    /// <exception cref="RequestRefusedException">One is not a member (403), or there is no such group (404).</exception>
    public async Task<GroupInfo> GetAsync(ServiceConnection connection, Jid group, CancellationToken ct)
    {
        using (var device = await state.BeginAsync(ct).ConfigureAwait(false))
        {
            if (await FindAsync(device, group, ct).ConfigureAwait(false) is { } known)
                return known;
        }

        return await AskAsync(connection, group, ct).ConfigureAwait(false);
    }

    /// <summary>Asks the service, unless somebody is asking already.</summary>
    /// <exception cref="RequestRefusedException">One is not a member (403), or there is no such group (404).</exception>
    public Task<GroupInfo> AskAsync(ServiceConnection connection, Jid group, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_asking.TryGetValue(group, out var question))
            {
                question = new();
                _asking.Add(group, question);
                _open.Add(question);
                question.Answer = Task.Run(() => FetchAsync(connection, group, question), CancellationToken.None);
            }

            return question.Answer.WaitAsync(ct);
        }
    }

    /// <summary>Asks for all groups of the account.</summary>
    public async Task<IReadOnlyList<GroupInfo>> ListAsync(ServiceConnection connection, CancellationToken ct)
    {
        var question = new Question();
        lock (_lock)
            _open.Add(question);
        try
        {
            var answer = GroupResponses.ParseList(await connection.RequestAsync(GroupRequests.List, ct).ConfigureAwait(false));
            var groups = new List<GroupInfo>(answer.Count);
            foreach (var group in answer)
                groups.Add(await KeepAsync(group, question, ct, isListed: true).ConfigureAwait(false)); // one step each, so that others get their turn
            return groups;
        }
        finally
        {
            Close(question);
        }
    }

    /// <summary>Keeps a group that is told of, with both names of its members.</summary>
    public async ValueTask<GroupInfo> PutAsync(DeviceTransaction device, GroupInfo info, CancellationToken ct)
    {
        info = await device.WithNamesAsync(info, ct).ConfigureAwait(false);
        device.Put(Keys.Group(info.Jid), NodeCodec.Encode(GroupNodes.Format(info)), info);
        Touch(info.Jid);
        return info;
    }

    /// <summary>Something has happened in the group: answers that are on their way may be older than that.</summary>
    public void Note(Jid group)
    {
        lock (_lock)
        {
            foreach (var question in _open)
                question.Outdated.Add(group);
        }
    }

    /// <summary>Members speak by this kind of name; what is kept is void if it says another.</summary>
    public async ValueTask NoteAddressingAsync(DeviceTransaction device, Jid group, AddressingMode? mode, CancellationToken ct)
    {
        if (mode is not { } seen)
            return;

        lock (_lock)
        {
            if (_modes.TryGetValue(group, out var last) && last == seen)
                return;
        }

        if (await FindAsync(device, group, ct).ConfigureAwait(false) is { Addressing: { } kept } && kept != seen)
            Forget(device, group);
        lock (_lock)
        {
            if (_modes.Count >= ModeLimit)
                _modes.Clear();
            _modes[group] = seen;
        }
    }

    /// <summary>The group is asked for when it is needed next.</summary>
    public void Forget(DeviceTransaction device, Jid group)
    {
        Note(group);
        Touch(group);
        device.Delete(Keys.Group(group));
    }

    /// <summary>All groups are asked for when they are needed next.</summary>
    public async ValueTask ForgetAllAsync(DeviceTransaction device, CancellationToken ct)
    {
        foreach (var record in await device.ListAsync(DeviceRecordKind.Group, null, ct).ConfigureAwait(false))
            Forget(device, Jid.Parse(record.Key.Id));
    }

    /// <summary>Counts the changes of what is kept about a group. To be read within a transaction.</summary>
    public long VersionOf(Jid group)
    {
        lock (_lock)
            return _versions.GetValueOrDefault(group);
    }

    private static GroupInfo Parse(byte[] data) => GroupNodes.Parse(NodeCodec.Decode(data));

    private async Task<GroupInfo> FetchAsync(ServiceConnection connection, Jid group, Question question)
    {
        try
        {
            var ct = connection.Lifetime;
            var answer = await connection.RequestAsync(id => GroupRequests.Info(id, group), ct).ConfigureAwait(false);
            return await KeepAsync(GroupResponses.ParseInfo(answer) with { Jid = group }, question, ct).ConfigureAwait(false);
        }
        catch (RequestRefusedException refusal) when (refusal.Code is 403 or 404)
        {
            using var device = await state.BeginAsync(connection.Lifetime).ConfigureAwait(false);
            Forget(device, group);
            device.Publish();
            throw;
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException)
        {
            throw new ConnectionException("The connection has ended.", cause);
        }
        finally
        {
            lock (_lock)
                _asking.Remove(group);
            Close(question);
        }
    }

    private async Task<GroupInfo> KeepAsync(GroupInfo info, Question question, CancellationToken ct, bool isListed = false)
    {
        using var device = await state.BeginAsync(ct).ConfigureAwait(false);
        bool isOutdated;
        lock (_lock)
            isOutdated = question.Outdated.Contains(info.Jid);

        info = isOutdated
            ? await device.WithNamesAsync(info, ct).ConfigureAwait(false)
            : await PutAsync(device, info, ct).ConfigureAwait(false);
        if (isListed)
            device.Events.Add(new ChatFound(info.Jid) { Name = info.Subject, LastAt = info.CreatedAt ?? info.SubjectAt, Expiration = info.Expiration });
        device.Publish();
        return info;
    }

    private void Touch(Jid group)
    {
        lock (_lock)
        {
            _versions[group] = _versions.GetValueOrDefault(group) + 1;
            _modes.Remove(group);
        }
    }

    private void Close(Question question)
    {
        lock (_lock)
            _open.Remove(question);
    }

    /// <summary>A question under way, and the groups in which something has happened since it was asked.</summary>
    private sealed class Question
    {
        public Task<GroupInfo> Answer { get; set; } = null!;

        public HashSet<Jid> Outdated { get; } = [];
    }
}
