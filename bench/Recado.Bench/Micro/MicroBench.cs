using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;

namespace Recado.Bench.Micro;

/// <summary>BenchmarkDotNet over the hot paths, with allocations.</summary>
internal static class MicroBench
{
    /// <param name="args"><c>--quick</c> for a short job; everything else is BenchmarkDotNet's (<c>--filter *Node*</c>).</param>
    public static int Run(string[] args)
    {
        var job = args.Contains("--quick") ? Job.ShortRun : Job.Default;
        var config = DefaultConfig.Instance.AddJob(job.WithToolchain(InProcessEmitToolchain.Instance));
        string[] rest = [.. args.Where(a => a != "--quick")];

        var summaries = BenchmarkSwitcher.FromAssembly(typeof(MicroBench).Assembly).Run(rest.Length == 0 ? ["--filter", "*"] : rest, config);
        return summaries.All(s => s.Reports.All(r => r.Success)) ? 0 : 1;
    }
}
