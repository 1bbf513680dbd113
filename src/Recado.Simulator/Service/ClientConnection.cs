using System.Buffers;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;
using Recado.Protocol.Pairing;
using Recado.Simulator.Accounts;
using Recado.Simulator.Trace;

namespace Recado.Simulator.Service;

/// <summary>One WebSocket from a client, from the first byte to the last. One receive loop, one send loop.</summary>
internal sealed partial class ClientConnection(Exchange exchange, ServiceIdentity identity, WebSocket socket, string name, ILogger logger)
    : IDeviceLink, IDisposable
{
    private const int ReceiveBuffer = 16 * 1024, MaxOutgoing = 200_000;

    private readonly IntroDecoder _intro = new();
    private readonly FrameDecoder _frames = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly HashSet<string> _iqIds = [];
    private readonly Channel<Node> _outgoing = Channel.CreateBounded<Node>(
        new BoundedChannelOptions(MaxOutgoing) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private Phase _phase = Phase.Intro;
    private NoiseResponder? _handshake;
    private NoiseTransport? _transport;
    private Task _sending = Task.CompletedTask;
    private bool _closing;

    private enum Phase
    {
        Intro,
        Hello,
        Finish,
        Open,
    }

    /// <summary><c>connN</c>, and after a login <c>number:device</c>.</summary>
    public string Name { get; private set; } = name;

    /// <summary>The device that has logged in.</summary>
    public Device? Device { get; private set; }

    public bool IsActive { get; private set; }

    /// <summary>Serves the connection until it ends.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        using var registration = ct.Register(Abort);
        try
        {
            await ReceiveAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ProtocolException)
        {
            if (e is ProtocolException)
                exchange.Trace.Violation(Name, $"The connection is cut: {e.Message}");

            logger.ConnectionCut(e, Name);
        }
        finally
        {
            exchange.Run(Leave);
            await _ended.CancelAsync();
            _outgoing.Writer.TryComplete();
            await _sending;
        }
    }

    public void Dispose()
    {
        _handshake?.Dispose();
        _transport?.Dispose();
        _ended.Dispose();
    }

    public void Send(Node stanza)
    {
        if (_closing)
            return;

        exchange.Trace.Stanza(Name, TraceDirection.ToClient, stanza);
        if (_outgoing.Writer.TryWrite(stanza))
            return;

        exchange.Trace.Note(Name, "The client does not read; its connection is cut.");
        Abort();
    }

    public void Close(Node? lastStanza)
    {
        if (lastStanza is not null)
            Send(lastStanza);

        _closing = true;
        _outgoing.Writer.TryComplete();
    }

    /// <summary>Cuts the connection without a word.</summary>
    public void Abort()
    {
        _closing = true;
        socket.Abort();
    }

    private async Task ReceiveAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReceiveBuffer);
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), _ended.Token);
                if (received.MessageType == WebSocketMessageType.Close)
                    return;

                if (received.MessageType == WebSocketMessageType.Text)
                {
                    exchange.Trace.Violation(Name, "The client sent a text message.");
                    return;
                }

                await TakeAsync(buffer.AsMemory(0, received.Count));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task TakeAsync(ReadOnlyMemory<byte> bytes)
    {
        if (_phase == Phase.Intro)
        {
            _intro.Append(bytes.Span);
            if (!_intro.TryRead(out var routingInfo))
                return;

            if (routingInfo.Length > 0)
                exchange.Trace.Note(Name, $"The client sends {routingInfo.Length} bytes of routing info.");

            bytes = _intro.Remainder;
            _phase = Phase.Hello;
        }

        _frames.Append(bytes.Span);
        while (_frames.TryRead(out var frame))
        {
            switch (_phase)
            {
                case Phase.Hello:
                    _handshake = identity.Respond();
                    await socket.SendAsync(FrameEncoder.Encode(_handshake.ReadClientHello(frame.Span)), WebSocketMessageType.Binary, true, _ended.Token);
                    _phase = Phase.Finish;
                    break;
                case Phase.Finish:
                    Finish(frame.Span);
                    break;
                default:
                    Take(_transport!.Decrypt(frame.Span));
                    break;
            }
        }
    }

    private void Finish(ReadOnlySpan<byte> frame)
    {
        var finish = _handshake!.ReadClientFinish(frame);
        _transport = _handshake.Split();
        _phase = Phase.Open;
        _sending = Task.Run(SendAsync);

        var payload = ClientPayloads.Parse(finish.Payload);
        exchange.Run(() => Enter(payload, finish.StaticKey));
    }
}
