namespace Recado.Bench.Compare;

/// <summary>A figure of each party.</summary>
internal sealed record Figures(double Ours, double Baileys)
{
    public Row ToRow(string name, string unit, string? aim = null) => new(name, unit, Ours, Baileys, aim);
}

/// <summary>Our process and Baileys', which take turns, so that whatever else the machine does hits both alike.</summary>
internal sealed class Contest : IAsyncDisposable
{
    public ChildProcess Ours { get; } = StartOurs();

    public ChildProcess Baileys { get; } = StartBaileys();

    public static ChildProcess StartOurs() => ChildProcess.StartSelf("party");

    public static ChildProcess StartBaileys()
    {
        const string Package = "tests/Recado.Interop.Tests/baileys";
        return Directory.Exists(Path.Combine(Repository.Root, Package, "node_modules"))
            ? ChildProcess.Start("node", "--expose-gc", Path.Combine(Repository.Root, "bench/baileys/party.mjs"))
            : throw new BenchException($"Baileys is not installed. Run 'npm ci' in {Package} first.");
    }

    /// <summary>Measures both in turn, so many times; the median of each figure.</summary>
    public async Task<IReadOnlyList<Figures>> MediansAsync(int rounds, Func<ChildProcess, Task<double[]>> measure)
    {
        var (ours, baileys) = (new List<double[]>(), new List<double[]>());
        for (var round = 0; round < rounds; round++)
        {
            ours.Add(await measure(Ours));
            baileys.Add(await measure(Baileys));
        }

        return [.. Enumerable.Range(0, ours[0].Length).Select(i => new Figures(Median(ours.Select(o => o[i])), Median(baileys.Select(b => b[i]))))];
    }

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await Baileys.DisposeAsync();
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / 2];
    }
}
