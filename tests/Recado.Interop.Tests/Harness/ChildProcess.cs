using System.Diagnostics;
using System.Text;

namespace Recado.Interop.Tests.Harness;

/// <summary>A program that the tests talk to over its standard streams. Disposing it ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Task _output, _errors;
    private readonly StringBuilder _lastErrors = new();

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _output = PumpAsync(process.StandardOutput, onLine);
        _errors = PumpAsync(process.StandardError, KeepError);
    }

    /// <summary>Ends when the program's output does.</summary>
    public Task OutputEnded => _output;

    /// <summary>What it wrote to its error stream: the tail, for failure messages.</summary>
    public string Errors
    {
        get
        {
            lock (_lastErrors)
                return _lastErrors.ToString();
        }
    }

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, Action<string> onLine)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;

        return new ChildProcess(
            Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."), onLine);
    }

    /// <summary>Writes one line to its input. Callers take turns.</summary>
    public async Task WriteLineAsync(string line, CancellationToken ct)
    {
        await _process.StandardInput.WriteLineAsync(line.AsMemory(), ct);
        await _process.StandardInput.FlushAsync(ct);
    }

    /// <summary>Ends it at once, as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.StandardInput.Close();
            using var patience = new CancellationTokenSource(TimeToEnd);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                await KillAsync();
            }
        }

        await Task.WhenAll(_output, _errors);
        _process.Dispose();
    }

    private static async Task PumpAsync(StreamReader from, Action<string> onLine)
    {
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
            onLine(line);
    }

    private void KeepError(string line)
    {
        lock (_lastErrors)
        {
            _lastErrors.AppendLine(line);
            if (_lastErrors.Length > 8_000)
                _lastErrors.Remove(0, _lastErrors.Length - 8_000);
        }
    }
}
