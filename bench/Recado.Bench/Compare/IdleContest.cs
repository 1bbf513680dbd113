namespace Recado.Bench.Compare;

/// <summary>
/// Memory of a connected session without traffic: that of a process with many less that of a process with few, so that what a process
/// needs once does not count. Both parties keep their state on disk.
/// </summary>
internal static class IdleContest
{
    private const int Rounds = 3; // memory is steadier than time

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(5);

    public static async Task<Row> RunAsync(ServiceProcess service, Scale scale, string folder)
    {
        var ours = await PrepareAsync(Contest.StartOurs, "ours");
        var baileys = await PrepareAsync(Contest.StartBaileys, "baileys");
        var (ourFigures, baileysFigures) = (new List<double>(), new List<double>());
        for (var round = 0; round < Rounds; round++)
        {
            ourFigures.Add(await ours());
            baileysFigures.Add(await baileys());
        }

        return new Row("hold an idle session", "kB", Contest.Median(ourFigures), Contest.Median(baileysFigures), "< 150 kB");

        // Pairs few sessions in one folder and many in another; measures both in fresh processes.
        async Task<Func<Task<double>>> PrepareAsync(Func<ChildProcess> start, string name)
        {
            var few = await PairAsync(scale.Idle.Few);
            var many = await PairAsync(scale.Idle.Many);
            return async () => (await HoldAsync(many) - await HoldAsync(few)) / (double)(scale.Idle.Many - scale.Idle.Few);

            async Task<(string Folder, List<string> Phones)> PairAsync(int count)
            {
                var set = (Folder: Path.Combine(folder, $"{name}-{count}"), Phones: new List<string>());
                for (var i = 0; i < count; i++)
                    set.Phones.Add(await service.AddPhoneAsync());

                await using var party = start();
                await service.OpenAsync(party, set.Phones, set.Folder);
                return set;
            }

            async Task<long> HoldAsync((string Folder, List<string> Phones) set)
            {
                await using var party = start();
                await service.OpenAsync(party, set.Phones, set.Folder);
                await party.AskAsync(new { command = "login", count = scale.Logins }); // both processes have compiled the same code by then
                await party.AskAsync(new { command = "connect" });
                await Task.Delay(Settling, TimeProvider.System);
                await party.AskAsync(new { command = "collect" });
                return party.ResidentKilobytes;
            }
        }
    }
}
