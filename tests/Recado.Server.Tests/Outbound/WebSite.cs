using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recado.Server.Tests.Outbound;

/// <summary>Somebody's web server, on this machine.</summary>
internal sealed class WebSite : IAsyncDisposable
{
    private readonly Dictionary<string, Func<HttpContext, Task>> _pages = [];
    private readonly List<TcpListener> _rude = [];
    private readonly WebApplication _host;

    private WebSite()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.Run(context => _pages.TryGetValue(context.Request.Path, out var page) ? page(context) : NotFound(context));
    }

    public string Root => _host.Urls.First();

    public int Requests { get; private set; }

    public static async Task<WebSite> StartAsync()
    {
        var site = new WebSite();
        await site._host.StartAsync(TestContext.Current.CancellationToken);
        return site;
    }

    public string Serve(string path, byte[] body, string type = "application/octet-stream") => Serve(path, async context =>
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body);
    });

    public string Serve(string path, Func<HttpContext, Task> page)
    {
        _pages[path] = context =>
        {
            Requests++;
            return page(context);
        };
        return Root + path;
    }

    public string Redirect(string path, string target) => Serve(path, context =>
    {
        context.Response.Redirect(target);
        return Task.CompletedTask;
    });

    /// <summary>Announces more than it sends.</summary>
    public string ServeHalf(byte[] half, long announced, string type = "application/octet-stream")
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        _rude.Add(listener);
        listener.Start();
        _ = AnswerAsync();
        return $"http://{listener.LocalEndpoint}/half";

        async Task AnswerAsync()
        {
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                var request = new byte[4096];
                for (var length = 0; !request.AsSpan(0, length).EndsWith("\r\n\r\n"u8);)
                    length += await socket.ReceiveAsync(request.AsMemory(length));

                await socket.SendAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {type}\r\nContent-Length: {announced}\r\n\r\n"));
                await socket.SendAsync(half);
                socket.Shutdown(SocketShutdown.Send);
                await socket.ReceiveAsync(request); // until the other side has read it
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _rude.ForEach(listener => listener.Stop());
        await _host.StopAsync();
        await _host.DisposeAsync();
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
