using Recado.Bench.Compare;
using Recado.Bench.Files;
using Recado.Bench.Micro;

namespace Recado.Bench;

internal static class Verbs
{
    private const string Usage =
        """
        micro   [--quick] [BenchmarkDotNet's arguments]      the hot paths, with allocations
        compare [--quick] [--only operations|sessions|idle]  Recado and Baileys side by side
        history [messages]                                   a long past is stored while the API is asked
        files   [megabytes]                                  a document up and down, and the memory that it takes
        """;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["micro", .. var rest]:
                return MicroBench.Run(rest);
            case ["compare", .. var rest]:
                return await Comparison.RunAsync(rest);
            case ["history", .. var rest]:
                return await HistoryBench.RunAsync(rest);
            case ["files", .. var rest]:
                return await Transfer.RunAsync(rest);
            case ["host"]: // the verbs that the others start
                return await HostVerb.RunAsync();
            case ["party"]:
                return await PartyVerb.RunAsync();
            case ["service"]:
                return await ServiceVerb.RunAsync();
            default:
                await Console.Error.WriteLineAsync(Usage);
                return 2;
        }
    }
}
