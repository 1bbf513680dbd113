using System.Buffers;

namespace Recado.Server.Features.Outbound;

/// <summary>Reads the body of a link's answer within limits.</summary>
internal static class LinkBody
{
    private const int PieceLength = 64 * 1024;
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(30), WholeTransfer = TimeSpan.FromMinutes(10);

    /// <summary>Copies all of it.</summary>
    /// <exception cref="LinkException">It is larger than the limit, ends early, or stops coming.</exception>
    public static async Task CopyToAsync(this HttpResponseMessage response, Stream destination, long limit, CancellationToken ct)
    {
        if (response.Content.Headers.ContentLength > limit)
            throw TooLarge(limit);

        await ReadAsync(response, limit, (piece, token) => destination.WriteAsync(piece, token), ct);
    }

    /// <summary>The beginning of it; the rest is left where it is.</summary>
    /// <exception cref="LinkException">It ends early, or stops coming.</exception>
    public static async Task<byte[]> ReadHeadAsync(this HttpResponseMessage response, int limit, CancellationToken ct)
    {
        using var head = new MemoryStream();
        try
        {
            await ReadAsync(response, limit, (piece, token) => head.WriteAsync(piece, token), ct);
        }
        catch (LinkException e) when (e.Error == LinkError.TooLarge)
        {
            // The beginning is all that was asked for.
        }

        return head.ToArray();
    }

    private static async Task ReadAsync(
        HttpResponseMessage response, long limit, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> write, CancellationToken ct)
    {
        var announced = response.Content.Headers.ContentLength;
        var buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
        using var whole = CancellationTokenSource.CreateLinkedTokenSource(ct);
        whole.CancelAfter(WholeTransfer);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(whole.Token);
            for (var total = 0L; ;)
            {
                var count = await ReadPieceAsync(body, buffer, whole.Token);
                if (count == 0 && total < announced)
                    throw Truncated();
                if (count == 0)
                    return;

                var isOver = (total += count) > limit;
                await write(buffer.AsMemory(0, isOver ? (int)(count - (total - limit)) : count), ct);
                if (isOver)
                    throw TooLarge(limit);
            }
        }
        catch (HttpIOException e)
        {
            throw Truncated(e);
        }
        catch (Exception e) when ((e is OperationCanceledException && !ct.IsCancellationRequested) || (e is IOException && e.InnerException is System.Net.Sockets.SocketException))
        {
            throw new LinkException(LinkError.Unreachable, "The link stopped sending before its answer was complete.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadPieceAsync(Stream body, byte[] buffer, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Silence);
        return await body.ReadAsync(buffer, patience.Token);
    }

    private static LinkException TooLarge(long limit) => new(LinkError.TooLarge, $"The link's answer is larger than {limit} bytes.");

    private static LinkException Truncated(Exception? cause = null) =>
        new(LinkError.Truncated, "The link's answer ended before its announced length. Nothing was sent.", cause);
}
