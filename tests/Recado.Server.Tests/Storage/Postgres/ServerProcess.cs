using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>A program of Debian's that refuses to run as root, and so runs as the user <c>postgres</c> when the tests do.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private const string User = "postgres";
    private readonly Process _process;
    private readonly Task _lines;

    private ServerProcess(Process process, Task lines) => (_process, _lines) = (process, lines);

    /// <summary>Starts a server and waits until it writes <paramref name="ready"/> to its log.</summary>
    public static async Task<ServerProcess> StartAsync(string ready, string program, params IReadOnlyList<string> arguments)
    {
        var process = Start(program, arguments);
        var log = new List<string>();
        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = Task.Run(async () =>
        {
            while (await process.StandardError.ReadLineAsync() is { } line)
            {
                log.Add(line);
                if (line.Contains(ready, StringComparison.Ordinal))
                    isReady.TrySetResult();
            }

            isReady.TrySetException(new InvalidOperationException($"{program} ended:\n{string.Join('\n', log)}"));
        });
        await isReady.Task.WaitAsync(TimeSpan.FromMinutes(1));
        return new ServerProcess(process, lines);
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task<string> RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}:\n{await output}{await errors}");
    }

    /// <summary>Whether there is a process with this id.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A port that nothing uses, below those that the system hands out by itself.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, RandomNumberGenerator.GetInt32(20_000, 32_768));
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken; the next.
            }
        }
    }

    public bool HasEnded => _process.HasExited;

    public Task WaitForEndAsync() => _lines;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Start(string program, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo
        {
            FileName = Environment.IsPrivilegedProcess ? "setpriv" : program,
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Environment.IsPrivilegedProcess)
        {
            foreach (var argument in new[] { $"--reuid={User}", $"--regid={User}", "--clear-groups", program })
                start.ArgumentList.Add(argument);
        }

        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} does not start.");
    }
}
