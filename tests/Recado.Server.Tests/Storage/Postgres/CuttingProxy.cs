using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recado.Server.Tests.Storage.Postgres;

/// <summary>Stands between a client and a server, and can cut a connection in the worst moment: when the answer is on its way.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private string? _cutAfter;

    public CuttingProxy(int port)
    {
        _listener.Start();
        _accepting = AcceptAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many connections it has cut.</summary>
    public int Cuts { get; private set; }

    /// <summary>Withholds the next answer to a request that contains this text, and closes the connection instead.</summary>
    public void CutAfter(string request) => _cutAfter = request;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token), port));
        }
        finally
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client, int port)
    {
        using var server = new TcpClient();
        using (client)
        {
            await server.ConnectAsync(IPAddress.Loopback, port, _end.Token);
            var isCut = false;
            var requests = CopyAsync(client, server, request =>
            {
                if (_cutAfter is { } text && Encoding.ASCII.GetString(request.Span).Contains(text, StringComparison.Ordinal))
                    (isCut, _cutAfter) = (true, null);
                return true;
            });
            var answers = CopyAsync(server, client, _ => !isCut);
            await Task.WhenAny(requests, answers);
            if (isCut)
                Cuts++;
        }
    }

    private async Task CopyAsync(TcpClient from, TcpClient to, Func<ReadOnlyMemory<byte>, bool> mayPass)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.GetStream().ReadAsync(buffer, _end.Token) is > 0 and var length && mayPass(buffer.AsMemory(0, length)))
                await to.GetStream().WriteAsync(buffer.AsMemory(0, length), _end.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // One side is gone; the other follows.
        }
    }
}
