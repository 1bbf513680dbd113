using System.Buffers;
using System.IO.Compression;
using System.Net.WebSockets;
using Recado.Protocol.Binary;
using Recado.Protocol.Framing;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Service;

/// <summary>The way out: stanzas are encoded, encrypted and framed, several frames to a WebSocket message when there is a backlog.</summary>
internal sealed partial class ClientConnection
{
    private const int BatchLength = 32 * 1024, SplitLength = 7;

    /// <summary>How long a client may take to answer the end of the stream.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private async Task SendAsync()
    {
        try
        {
            var batch = new ArrayBufferWriter<byte>(1024);
            while (await _outgoing.Reader.WaitToReadAsync(_ended.Token))
            {
                batch.ResetWrittenCount();
                var (split, cut) = (false, false);
                while (batch.WrittenCount < BatchLength && !split && !cut && _outgoing.Reader.TryRead(out var stanza))
                {
                    FrameEncoder.Write(batch, _transport!.Encrypt(Encode(stanza)));
                    split = Fails(FaultKind.Split);
                    cut = stanza.Tag == "message" && Fails(FaultKind.CutFrame);
                }

                await WriteAsync(batch.WrittenMemory, split, cut);
                if (cut)
                {
                    Abort();
                    return;
                }
            }

            // Clients read what is on the way before they notice the close; a stream error must not be overtaken by it.
            await Task.Delay(exchange.Options.CloseDelay, exchange.Options.Time, _ended.Token);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, _ended.Token);
            await Task.Delay(Linger, exchange.Options.Time, _ended.Token);
            Abort();
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            logger.ConnectionCut(e, Name);
        }
    }

    private async Task WriteAsync(ReadOnlyMemory<byte> bytes, bool split, bool cut)
    {
        if (cut)
            bytes = bytes[..^10];

        var length = split ? SplitLength : bytes.Length;
        for (var at = 0; at < bytes.Length; at += length)
        {
            var part = bytes.Slice(at, Math.Min(length, bytes.Length - at));
            await socket.SendAsync(part, WebSocketMessageType.Binary, endOfMessage: true, _ended.Token);
        }
    }

    private byte[] Encode(Node stanza)
    {
        var packet = NodeCodec.Encode(stanza);
        return Fails(FaultKind.Compress) ? Compressed(packet) : packet;
    }

    private bool Fails(FaultKind kind) => Device is not null && exchange.Faults.Take(kind, Device.Account.Phone) is not null;

    /// <summary>The packet with the flag of a zlib stream.</summary>
    private static byte[] Compressed(byte[] packet)
    {
        using var buffer = new MemoryStream();
        buffer.WriteByte(2);
        using (var zlib = new ZLibStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(packet.AsSpan(1));
        }

        return buffer.ToArray();
    }
}
