using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;

namespace Recado.Client.Tests.Sessions;

/// <summary>A service that shakes hands as it should, and then sends what the test hands it.</summary>
internal sealed class HostileService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CertificateAuthority _authority;
    private readonly KeyPair _static = KeyPair.Generate(RandomSource.System);
    private readonly Func<NoiseTransport, byte[]> _makeBytes;
    private readonly TaskCompletionSource _cameBack = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;

    private HostileService(WebApplication app, Func<NoiseTransport, byte[]> makeBytes)
    {
        var now = TimeProvider.System.GetUtcNow();
        (_app, _makeBytes) = (app, makeBytes);
        _authority = CertificateAuthority.Create(RandomSource.System, now.AddDays(-1), now.AddDays(1));
    }

    public Uri Url =>
        new(
            _app.Services.GetRequiredService<IServer>()
                .Features.Get<IServerAddressesFeature>()!
                .Addresses.First()
                .Replace("http", "ws", StringComparison.Ordinal) + "/ws/chat");

    public ReadOnlyMemory<byte> RootKey => _authority.RootPublicKey;

    /// <summary>Completes with the second connection.</summary>
    public Task CameBack => _cameBack.Task;

    /// <param name="makeBytes">Makes the bytes to send after the handshake, frames or not.</param>
    /// <param name="ct">Cancels the start.</param>
    public static async Task<HostileService> StartAsync(Func<NoiseTransport, byte[]> makeBytes, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var service = new HostileService(app, makeBytes);
        app.UseWebSockets();
        app.Run(service.ServeAsync);
        await app.StartAsync(ct);
        return service;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref _connections) == 2)
            _cameBack.SetResult();
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var handshake = new NoiseResponder(
            _static,
            KeyPair.Generate(RandomSource.System),
            _authority.IssueChain(_static.PublicKey, RandomSource.System));
        var intro = new IntroDecoder();
        while (!intro.TryRead(out _))
            intro.Append(await ReceiveAsync(socket));

        var frames = new FrameDecoder();
        frames.Append(intro.Remainder.Span);
        await SendAsync(socket, FrameEncoder.Encode(handshake.ReadClientHello(await ReadFrameAsync(socket, frames))));
        handshake.ReadClientFinish(await ReadFrameAsync(socket, frames));
        using var transport = handshake.Split();
        await SendAsync(socket, _makeBytes(transport));
        while ((await ReceiveAsync(socket)).Length > 0)
        {
            // The client may say what it wants.
        }
    }

    private static async Task<byte[]> ReadFrameAsync(WebSocket socket, FrameDecoder frames)
    {
        ReadOnlyMemory<byte> frame;
        while (!frames.TryRead(out frame))
            frames.Append(await ReceiveAsync(socket));
        return frame.ToArray();
    }

    private static async Task<byte[]> ReceiveAsync(WebSocket socket)
    {
        var buffer = new byte[4096];
        var received = await socket.ReceiveAsync(buffer, CancellationToken.None);
        return buffer[..received.Count];
    }

    private static Task SendAsync(WebSocket socket, byte[] bytes) =>
        socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None);
}
