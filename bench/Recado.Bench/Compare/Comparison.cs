using System.Runtime.InteropServices;

namespace Recado.Bench.Compare;

/// <summary>Recado and Baileys against the same simulated service in the same run, each in a process of its own, turn by turn.</summary>
internal static class Comparison
{
    /// <param name="args"><c>--quick</c> for small numbers; <c>--only operations|sessions|idle</c> for a part of the table.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var scale = args.Contains("--quick") ? Scale.Quick : Scale.Full;
        var only = args.SkipWhile(a => a != "--only").ElementAtOrDefault(1);
        var folder = Directory.CreateTempSubdirectory("recado-bench-");
        try
        {
            await using var service = await ServiceProcess.StartAsync();
            var rows = new List<Row>();
            if (only is null or "operations")
                rows.AddRange(await OperationContest.RunAsync(scale));
            if (only is null or "sessions")
            {
                await using var sessions = new SessionContest(service, scale, folder.FullName);
                rows.AddRange(await sessions.RunAsync());
            }

            if (only is null or "idle")
                rows.Add(await IdleContest.RunAsync(service, scale, folder.FullName));

            await service.RequirePeaceAsync();
            Console.WriteLine(Table.Format(rows));
            Console.WriteLine(
                $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; medians of {scale.Rounds}.");
            return 0;
        }
        catch (BenchException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
