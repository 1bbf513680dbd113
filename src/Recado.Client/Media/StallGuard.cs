namespace Recado.Client.Media;

/// <summary>Ends a transfer that has stopped moving. A slow one may take as long as it likes.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _either;

    public StallGuard(TimeSpan limit, TimeProvider time, CancellationToken ct)
    {
        _limit = limit;
        _stalled = new(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, ct);
    }

    /// <summary>Cancelled when nothing has moved for too long, or the caller gives up.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether it was the transfer that stopped.</summary>
    public bool IsStalled => _stalled.IsCancellationRequested;

    /// <summary>Reads of the stream count as movement. The stream stays the caller's.</summary>
    public Stream Watch(Stream stream) => new WatchedStream(stream, this);

    public void Dispose()
    {
        _either.Dispose();
        _stalled.Dispose();
    }

    private sealed class WatchedStream(Stream inner, StallGuard guard) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                var count = await inner.ReadAsync(buffer, guard.Token).ConfigureAwait(false);
                guard._stalled.CancelAfter(guard._limit);
                return count;
            }
            catch (IOException e) when (e is not HttpIOException)
            {
                // So that it cannot be taken for a failure of the disk that is written to.
                throw new HttpRequestException(e.Message, e);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
