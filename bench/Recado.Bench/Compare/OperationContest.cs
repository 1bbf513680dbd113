namespace Recado.Bench.Compare;

/// <summary>Single operations: processor time of one call.</summary>
internal static class OperationContest
{
    /// <summary>Until both runtimes have compiled the code for good, in milliseconds.</summary>
    private const int WarmUp = 1_500;

    public static async Task<IReadOnlyList<Row>> RunAsync(Scale scale)
    {
        await using var contest = new Contest();
        await RequireSameBytesAsync(contest);

        var rows = new List<Row>();
        var names = await contest.Ours.AskAsync(new { command = "operations" });
        foreach (var operation in names.EnumerateArray().Select(n => n.GetString()!))
        {
            await contest.MediansAsync(1, party => MeasureAsync(party, WarmUp));
            var medians = await contest.MediansAsync(scale.Rounds, party => MeasureAsync(party, scale.Milliseconds));
            rows.Add(medians[0].ToRow(operation, "µs CPU", AimOf(operation)));

            async Task<double[]> MeasureAsync(ChildProcess party, int milliseconds) =>
                [(await party.AskAsync(new { command = "measure", operation, milliseconds })).GetDouble() / 1_000];
        }

        return rows;
    }

    private static async Task RequireSameBytesAsync(Contest contest)
    {
        var ours = await contest.Ours.AskAsync(new { command = "samples" });
        var theirs = await contest.Baileys.AskAsync(new { command = "samples" });
        foreach (var sample in ours.EnumerateObject().Where(s => s.Value.GetString() != theirs.GetProperty(s.Name).GetString()))
            throw new BenchException($"The parties encode '{sample.Name}' differently: {sample.Value} and {theirs.GetProperty(sample.Name)}.");
    }

    private static string? AimOf(string operation) => operation switch
    {
        _ when operation.StartsWith("encode", StringComparison.Ordinal) || operation.StartsWith("decode", StringComparison.Ordinal) => "5×",
        "ratchet decrypt, DH step" => "10×",
        "sender key encrypt" or "sender key decrypt" => "100×",
        _ => null,
    };
}
