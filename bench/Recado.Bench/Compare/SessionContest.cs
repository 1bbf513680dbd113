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

        await CompareAsync("receive a text", "receive", scale.Received, "3×", QueueTextsAsync);
        await CompareAsync("send a text", "send", scale.Sent, aim: null, _ => Task.CompletedTask);
        await CompareAsync("log in", "login", scale.Logins, aim: null, party => party.AskAsync(new { command = "disconnect" }));
        return _rows;
    }

    public ValueTask DisposeAsync() => _contest.DisposeAsync();

    /// <summary>Takes the session offline and has the contact write to it, so that the texts wait, encrypted, when it connects again.</summary>
    private async Task QueueTextsAsync(ChildProcess party)
    {
        // A word from us first: from then on the contact answers in the ratchet, no longer in prekey messages.
        await party.AskAsync(new { command = "send", to = Jid(_contact), count = 1, parallel = 1 });
        await party.AskAsync(new { command = "disconnect" });
        await service.SayAsync(_contact, _phones[party], scale.Received);
    }

    private static string Jid(string phone) => $"{phone}@s.whatsapp.net";

    private async Task CompareAsync(string name, string command, int count, string? aim, Func<ChildProcess, Task> prepareAsync)
    {
        var medians = await _contest.MediansAsync(scale.Rounds, async party =>
        {
            await prepareAsync(party);

            var start = TimeProvider.System.GetTimestamp();
            var before = party.ProcessorTime;
            await party.AskAsync(new { command, to = Jid(_contact), count, parallel = Parallel });
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
