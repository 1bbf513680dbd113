namespace Recado.Server.Features.Idempotency;

/// <summary>
/// Holds an answer's body back until it is kept: a client that has seen it must get the same again. A body that is too long to be kept is let
/// through as it comes.
/// </summary>
internal sealed class HeldAnswer(Stream answer, int longest) : Stream
{
    private readonly MemoryStream _held = new();

    /// <summary>Whether the body was too long, and has left.</summary>
    public bool HasLeft { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public byte[] ToArray() => _held.ToArray();

    /// <summary>Sends what is held.</summary>
    public async Task ReleaseAsync(CancellationToken ct)
    {
        HasLeft = true;
        _held.Position = 0;
        await _held.CopyToAsync(answer, ct);
        _held.SetLength(0);
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!HasLeft && _held.Length + buffer.Length > longest)
            await ReleaseAsync(cancellationToken);

        if (HasLeft)
            await answer.WriteAsync(buffer, cancellationToken);
        else
            _held.Write(buffer.Span);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => HasLeft ? answer.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Answers are written asynchronously.");

    public override void Flush() => throw new NotSupportedException("Answers are written asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _held.Dispose();
        base.Dispose(disposing);
    }
}
