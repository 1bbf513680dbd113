using System.Diagnostics;
using System.Text;

namespace Recado.Interop.Tests.Harness;

/// <summary>A program that the tests talk to over its standard streams. Disposing it ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int LongestTail = 8_000;

    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly Task _output, _errors;
    private readonly StringBuilder _tail = new();

    private ChildProcess(Process process, Action<string> onLine)
    {
        _process = process;
        _output = PumpAsync(process.StandardOutput, onLine);
        _errors = PumpAsync(process.StandardError, _ => { });
    }

    /// <summary>Ends when the program has and all it wrote has been read.</summary>
    public Task Ended => Task.WhenAll(_output, _errors);

    /// <summary>The last it wrote, for failure messages.</summary>
    public string Tail
    {
        get
        {
            lock (_tail)
                return _tail.ToString();
        }
    }

    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Its working directory.</param>
    /// <param name="environment">Variables it sees beside or instead of ours; null takes one away.</param>
    /// <param name="onLine">Called with each line of its output.</param>
    public static ChildProcess Start(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string?> environment,
        Action<string> onLine)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }

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

        await Ended;
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader from, Action<string> onLine)
    {
        while (await from.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_tail)
            {
                _tail.AppendLine(line);
                if (_tail.Length > LongestTail)
                    _tail.Remove(0, _tail.Length - LongestTail);
            }

            onLine(line);
        }
    }
}
