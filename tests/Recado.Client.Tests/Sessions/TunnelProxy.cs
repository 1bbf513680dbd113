using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Recado.Client.Tests.Sessions;

/// <summary>A proxy of the smallest kind: HTTP <c>CONNECT</c> or SOCKS5 without authentication, to loopback only.</summary>
internal sealed class TunnelProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly bool _isSocks;
    private readonly Task _serving;
    private int _tunnels;

    public TunnelProxy(bool isSocks)
    {
        _isSocks = isSocks;
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address => new($"{(_isSocks ? "socks5" : "http")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>How many tunnels were opened.</summary>
    public int Tunnels => Volatile.Read(ref _tunnels);

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        var tunnels = new List<Task>();
        try
        {
            while (true)
                tunnels.Add(TunnelAsync(await _listener.AcceptTcpClientAsync()));
        }
        catch (SocketException)
        {
            await Task.WhenAll(tunnels).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task TunnelAsync(TcpClient client)
    {
        using var near = client;
        var stream = client.GetStream();
        var port = _isSocks ? await AcceptSocksAsync(stream) : await AcceptConnectAsync(stream);
        Interlocked.Increment(ref _tunnels);
        using var far = new TcpClient();
        await far.ConnectAsync(IPAddress.Loopback, port);
        await stream.WriteAsync(
            _isSocks ? [5, 0, 0, 1, 127, 0, 0, 1, 0, 0] : Encoding.ASCII.GetBytes("HTTP/1.1 200 Connection established\r\n\r\n"));
        await Task.WhenAny(stream.CopyToAsync(far.GetStream()), far.GetStream().CopyToAsync(stream));
    }

    private static async Task<int> AcceptConnectAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            head.Append((char)(await TakeAsync(stream, 1))[0]);
        var target = head.ToString().Split(' ')[1];
        return int.Parse(target[(target.LastIndexOf(':') + 1)..], null);
    }

    private static async Task<int> AcceptSocksAsync(NetworkStream stream)
    {
        var methods = (await TakeAsync(stream, 2))[1];
        await TakeAsync(stream, methods);
        await stream.WriteAsync(new byte[] { 5, 0 });
        var kind = (await TakeAsync(stream, 4))[3];
        await TakeAsync(
            stream,
            kind == 1 ? 4
                : kind == 4 ? 16
                : (await TakeAsync(stream, 1))[0]);
        var port = await TakeAsync(stream, 2);
        return (port[0] << 8) | port[1];
    }

    private static async Task<byte[]> TakeAsync(NetworkStream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
