using System.Net.Sockets;
using System.Text;

namespace Recado.Server.Tests.Limits;

/// <summary>A client that says what it likes, as slowly as it likes.</summary>
internal sealed class RawClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TcpClient _tcp = new();

    public static async Task<RawClient> ConnectAsync(TestServer server)
    {
        var client = new RawClient();
        await client._tcp.ConnectAsync(server.Url.Host, server.Url.Port, TestContext.Current.CancellationToken);
        return client;
    }

    public async Task SendAsync(string text) => await _tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text), TestContext.Current.CancellationToken);

    /// <summary>What comes until something of it ends in <paramref name="end"/>.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var text = new StringBuilder();
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
            text.Append(await ReadAsync() is { Length: > 0 } more ? more : throw new InvalidOperationException($"Closed after: {text}"));

        return text.ToString();
    }

    /// <summary>What comes until the server closes.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var text = new StringBuilder();
        while (await ReadAsync() is { Length: > 0 } more)
            text.Append(more);

        return text.ToString();
    }

    public void Dispose() => _tcp.Dispose();

    private async Task<string> ReadAsync()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var buffer = new byte[4096];
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, await _tcp.GetStream().ReadAsync(buffer, patience.Token));
        }
        catch (IOException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            return ""; // closed without waiting for us
        }
    }
}
