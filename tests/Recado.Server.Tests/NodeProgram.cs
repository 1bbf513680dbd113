using System.Diagnostics;

namespace Recado.Server.Tests;

/// <summary>Runs a script of the folder <c>js</c>, beside its packages.</summary>
internal static class NodeProgram
{
    /// <returns>What it wrote. Fails the test when it ends with an error.</returns>
    public static async Task<string> RunAsync(string script, byte[] input, CancellationToken ct, params string[] arguments)
    {
        using var process = Start(script, arguments);
        using var stop = ct.Register(() => process.Kill(entireProcessTree: true));

        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        await process.StandardInput.BaseStream.WriteAsync(input, ct);
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);

        Assert.True(process.ExitCode == 0, $"{script} ended with {process.ExitCode}:\n{await output}\n{await errors}");
        return await output;
    }

    /// <summary>Starts a script that goes on until its standard input ends. What it writes to its standard error has to be little.</summary>
    public static Process Start(string script, params string[] arguments) => Process.Start(new ProcessStartInfo("node", [script, .. arguments])
    {
        WorkingDirectory = Folder(),
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    /// <summary>In the checkout: the packages are installed there, not beside the built tests.</summary>
    private static string Folder()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var scripts = Path.Combine(folder, "tests", "Recado.Server.Tests", "js");
            if (Directory.Exists(scripts))
                return scripts;
        }

        throw new InvalidOperationException($"tests/Recado.Server.Tests/js stands in no folder above {AppContext.BaseDirectory}.");
    }
}
