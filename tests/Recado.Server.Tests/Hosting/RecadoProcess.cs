using System.Diagnostics;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Hosting;

/// <summary>The program as its users start it: a process of its own, told everything by its environment.</summary>
internal sealed class RecadoProcess : IAsyncDisposable
{
    private const string Address = "  1. Open           ";

    private readonly TemporaryFolder _folder;
    private readonly Process _process;
    private readonly TaskCompletionSource<Uri> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _output = [], _errors = [];
    private readonly Task _reading;

    private RecadoProcess(TemporaryFolder folder, Process process)
    {
        (_folder, _process) = (folder, process);
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _output), ReadAsync(process.StandardError, _errors));
    }

    /// <summary>What it wrote to its console so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
                return string.Join('\n', _output);
        }
    }

    /// <summary>What it wrote to its error stream so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return string.Join('\n', _errors);
        }
    }

    public string Folder => _folder.Path;

    /// <param name="environment">Beside these, a free port and a folder of its own that is its working directory too.</param>
    public static RecadoProcess Start(IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> arguments)
    {
        var folder = new TemporaryFolder();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "recado.dll"), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PORT"] = "0";
        start.Environment["RECADO_DATA"] = folder.Path;
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        return new RecadoProcess(folder, Process.Start(start)!);
    }

    /// <summary>Waits until it serves.</summary>
    /// <returns>Where, without the token.</returns>
    public async Task<Uri> WaitUntilStartedAsync(CancellationToken ct)
    {
        await Task.WhenAny(_started.Task, _reading).WaitAsync(ct);
        return _started.Task.IsCompleted ? await _started.Task : throw new InvalidOperationException($"It ended:\n{Output}\n{Errors}");
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken ct)
    {
        await _process.WaitForExitAsync(ct);
        await _reading;
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _folder.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (lines)
                lines.Add(line);
            if (line.StartsWith(Address, StringComparison.Ordinal))
                _started.TrySetResult(new Uri(new Uri(line[Address.Length..]), "/"));
        }
    }
}
