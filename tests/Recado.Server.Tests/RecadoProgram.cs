using System.Diagnostics;

namespace Recado.Server.Tests;

/// <summary>The real executable, as an operator starts it.</summary>
internal sealed class RecadoProgram : IAsyncDisposable
{
    private readonly Process _process;
    private readonly List<string> _lines = [];
    private readonly TaskCompletionSource _isRunning = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _output;
    private readonly Task<string> _errors;

    private RecadoProgram(Process process)
    {
        _process = process;
        _output = ReadAsync();
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_lines)
                return string.Join('\n', _lines);
        }
    }

    /// <summary>The address that the start prints.</summary>
    public Uri Address => new(Output.Split("REST under ")[1].Split("/api")[0]);

    /// <summary>Runs it to its end.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> RunAsync(
        string folder, IReadOnlyDictionary<string, string> environment, CancellationToken ct, params string[] arguments)
    {
        await using var program = Start(folder, environment, arguments);
        await program._process.WaitForExitAsync(ct);
        await program._output;
        return (program._process.ExitCode, program.Output, await program._errors);
    }

    /// <summary>Starts the server and waits until it says that it runs.</summary>
    public static async Task<RecadoProgram> ServeAsync(string folder, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        var program = Start(folder, environment);
        await Task.WhenAny(program._isRunning.Task, program._output).WaitAsync(ct);
        Assert.True(program._isRunning.Task.IsCompleted, $"{program.Output}\n{(program._output.IsCompleted ? await program._errors : "")}");
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        await _output;
        _process.Dispose();
    }

    private static RecadoProgram Start(string folder, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "recado"), arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in new[] { "NODE_ENV", "ASPNETCORE_ENVIRONMENT", "PORT", "HOST" })
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new RecadoProgram(Process.Start(start)!);
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            lock (_lines)
                _lines.Add(line);
            if (line.StartsWith("  4. ", StringComparison.Ordinal))
                _isRunning.TrySetResult();
        }
    }
}
