namespace Recado.Bench.Compare;

/// <summary>One session at work: ours with the server's durable storage, Baileys' with its state in memory.</summary>
internal sealed class SessionContest(ServiceProcess service, Scale scale, string folder) : IAsyncDisposable
{
    private const int Parallel = 16;

    private readonly Contest _contest = new();
    private readonly List<Row> _rows = [];
    private readonly Dictionary<ChildProcess, string> _phones = [];
    private string _contact = "";

    public async Task<IReadOnlyList<Row>> RunAsync()
    {
        _contact = await service.AddPhoneAsync();
        foreach (var party in new[] { _contest.Ours, _contest.Baileys })
        {
            _phones[party] = await service.AddPhoneAsync();
            await service.OpenAsync(party, [_phones[party]], party == _contest.Ours ? folder : null);
        }

        var users = (ChildProcess _) => Jid(_contact);
        await CompareAsync("receive a text", "receive", scale.Received, "3×", users, QueueTextsAsync);
        await CompareAsync("send a text", "send", scale.Sent, aim: null, users, _ => Task.CompletedTask);
        await CompareInGroupAsync();
        await CompareAsync("log in", "login", scale.Logins, aim: null, users, party => party.AskAsync(new { command = "disconnect" }));
        return _rows;
    }

    public ValueTask DisposeAsync() => _contest.DisposeAsync();

    /// <summary>Takes the session offline and has the contact write to it, so that the texts wait, encrypted, when it connects again.</summary>
    private async Task QueueTextsAsync(ChildProcess party)
    {
        // A word from us first: from then on the contact answers in the ratchet, no longer in prekey messages.
        await SendAsync(party, Jid(_contact));
        await party.AskAsync(new { command = "disconnect" });
        await service.SayAsync(_contact, _phones[party], scale.Received);
    }

    /// <summary>A group of the party and the contact, and of strangers with a phone and a second device each.</summary>
    private async Task CompareInGroupAsync()
    {
        var members = new List<string> { _contact };
        while (members.Count < scale.Group.Members - 1)
            members.Add(await service.AddPhoneAsync());

        var groups = new Dictionary<ChildProcess, string>();
        foreach (var (party, phone) in _phones)
        {
            groups[party] = await service.MakeGroupAsync(phone, members);
            await SendAsync(party, groups[party]); // once each device has the key, a text costs one encryption
        }

        var name = $"a group of {scale.Group.Members} × 2";
        await CompareAsync($"send a text to {name}", "send", scale.Group.Texts, aim: null, party => groups[party], _ => Task.CompletedTask);
        await CompareAsync($"receive a text in {name}", "receive", scale.Group.Texts, aim: null, party => groups[party], async party =>
        {
            await service.SayAsync(_contact, groups[party], 1);
            await party.AskAsync(new { command = "disconnect" });
            await service.SayAsync(_contact, groups[party], scale.Group.Texts);
        });
    }

    private static Task SendAsync(ChildProcess party, string to) => party.AskAsync(new { command = "send", to, count = 1, parallel = 1 });

    private static string Jid(string phone) => $"{phone}@s.whatsapp.net";

    private async Task CompareAsync(
        string name, string command, int count, string? aim, Func<ChildProcess, string> to, Func<ChildProcess, Task> prepareAsync)
    {
        var medians = await _contest.MediansAsync(scale.Rounds, async party =>
        {
            await prepareAsync(party);

            var start = TimeProvider.System.GetTimestamp();
            var before = party.ProcessorTime;
            await party.AskAsync(new { command, to = to(party), count, parallel = Parallel });
            return
            [
                (party.ProcessorTime - before).TotalMilliseconds / count,
                TimeProvider.System.GetElapsedTime(start).TotalMilliseconds / count,
            ];
        });
        _rows.Add(medians[0].ToRow(name, "ms CPU", aim));
        _rows.Add(medians[1].ToRow(name, "ms elapsed"));
    }
}
