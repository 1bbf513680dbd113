using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Recado.Bench.Compare;

/// <summary>A process that takes commands and gives replies, one JSON object per line.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const int ClockTicksPerSecond = 100; // USER_HZ, fixed in the ABI of Linux

    private readonly Process _process;

    private ChildProcess(Process process) => _process = process;

    /// <summary>Called for each QR code that a party shows: phone number and code.</summary>
    public Func<string, string, Task>? OnQr { get; set; }

    /// <summary>User and system time of all threads since the process began.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            // pid (name) state ppid …: utime and stime are the fields 14 and 15; the name may hold anything, so count after its ')'.
            var text = File.ReadAllText($"/proc/{_process.Id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            return TimeSpan.FromSeconds(ticks / (double)ClockTicksPerSecond);
        }
    }

    /// <summary>Memory of the process that is in RAM, in kilobytes of 1,024.</summary>
    public long ResidentKilobytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(6).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
        }
    }

    /// <exception cref="BenchException">There is no such program.</exception>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            return new ChildProcess(Process.Start(start)!); // null only for documents, which the shell opens
        }
        catch (Win32Exception e)
        {
            throw new BenchException($"'{program}' cannot be started: {e.Message}.");
        }
    }

    /// <summary>Our own executable under another verb.</summary>
    public static ChildProcess StartSelf(string verb) => Start("dotnet", typeof(ChildProcess).Assembly.Location, verb);

    /// <summary>Gives a command and waits for its reply.</summary>
    /// <exception cref="BenchException">The process failed at it.</exception>
    public async Task<JsonElement> AskAsync(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await _process.StandardInput.FlushAsync();
        while (true)
        {
            var line = await _process.StandardOutput.ReadLineAsync() ?? throw new BenchException("A child process ended unasked.");
            using var reply = JsonDocument.Parse(line);
            if (reply.RootElement.TryGetProperty("qr", out var qr))
                await OnQr!(reply.RootElement.GetProperty("phone").GetString()!, qr.GetString()!);
            else if (reply.RootElement.TryGetProperty("error", out var error))
                throw new BenchException(error.GetString()!);
            else
                return reply.RootElement.GetProperty("result").Clone();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // which ends the process
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}

/// <summary>A measurement could not be made.</summary>
internal sealed class BenchException(string message) : Exception(message);
