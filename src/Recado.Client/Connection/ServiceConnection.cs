using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Recado.Client.Events;
using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Client.Connection;

/// <summary>
/// One connection from its handshake to its end. Answers to queries are handed over as they are read; everything else goes, in order,
/// through one bounded queue to one processor. The first cause to end the connection decides its verdict.
/// </summary>
internal sealed class ServiceConnection : IPacketSink, IDisposable
{
    private const int InboundLimit = 256;

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private readonly NoiseConnection _wire;
    private readonly ClientOptions _options;
    private readonly RequestIds _ids;
    private readonly ILogger _logger;
    private readonly IqTable _iqs;
    private readonly CancellationTokenSource _life = new();
    private readonly CancellationTokenSource _socketLife = new();
    private readonly TaskCompletionSource<Verdict> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Node> _success = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<Node> _inbound = Channel.CreateBounded<Node>(
        new BoundedChannelOptions(InboundLimit)
        {
            FullMode = BoundedChannelFullMode.Wait, // back-pressure reaches the socket; nothing is dropped
            SingleReader = true,
            SingleWriter = true,
        });

    private long _lastFrameAt;
    private Verdict? _verdict;

    public ServiceConnection(NoiseConnection wire, ClientOptions options, RequestIds ids, ILogger logger)
    {
        (_wire, _options, _ids, _logger) = (wire, options, ids, logger);
        _iqs = new(options.Time);
        Jobs = new(logger);
        _lastFrameAt = options.Time.GetTimestamp();
    }

    /// <summary>Cancelled when the connection ends.</summary>
    public CancellationToken Lifetime => _life.Token;

    /// <summary>Why the connection ended.</summary>
    public Task<Verdict> Ended => _ended.Task;

    /// <summary>The verdict, once the connection has ended.</summary>
    public Verdict? Verdict => Volatile.Read(ref _verdict);

    /// <summary>Whether we have asked to be unlinked: a removal is then our own doing.</summary>
    public bool IsLoggingOut { get; set; }

    /// <summary>The service's <c>success</c> stanza.</summary>
    public Task<Node> Success => _success.Task;

    /// <summary>Stanzas for the processor, in order.</summary>
    public ChannelReader<Node> Inbound => _inbound.Reader;

    /// <summary>The verdict when the service closes the connection without a word.</summary>
    public Verdict OnClose { get; set; } = Connection.Verdict.Lost("WhatsApp closed the connection.");

    /// <summary>Whether the reader of events is so far behind that reading from the network pauses.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Whether the account appears online through this connection.</summary>
    public bool IsAvailable { get; set; }

    /// <summary>Follow-up work that asks the service something.</summary>
    public JobQueue Jobs { get; }

    /// <summary>Time since the last frame.</summary>
    public TimeSpan Silence => _options.Time.GetElapsedTime(Interlocked.Read(ref _lastFrameAt));

    /// <summary>An id for a query.</summary>
    public string NextId() => _ids.Next();

    /// <summary>Ends the connection; the first call wins.</summary>
    public void End(Verdict verdict)
    {
        if (Interlocked.CompareExchange(ref _verdict, verdict, null) is not null)
            return;

        _iqs.End(new ConnectionException($"The connection has ended: {verdict.Detail}"));
        _success.TrySetCanceled();
        _life.Cancel();
        _ended.TrySetResult(verdict);
    }

    /// <summary>Sends one stanza.</summary>
    /// <exception cref="ConnectionException">The connection has ended.</exception>
    public ValueTask SendAsync(Node stanza, CancellationToken ct) => SendAsync([NodeCodec.Encode(stanza)], ct);

    /// <summary>Sends encoded stanzas in this order.</summary>
    /// <exception cref="ConnectionException">The connection has ended.</exception>
    public async ValueTask SendAsync(IReadOnlyList<byte[]> packets, CancellationToken ct)
    {
        try
        {
            if (Verdict is { } verdict)
                throw new ConnectionException($"The connection has ended: {verdict.Detail}");

            await _wire.SendAsync(packets, ct, _socketLife.Token).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is OperationCanceledException or ObjectDisposedException && !ct.IsCancellationRequested)
        {
            throw new ConnectionException("The connection has ended.", cause);
        }
    }

    /// <inheritdoc/>
    public async ValueTask TrySendAsync(IReadOnlyList<byte[]> packets)
    {
        try
        {
            await SendAsync(packets, CancellationToken.None).ConfigureAwait(false);
        }
        catch (ConnectionException cause)
        {
            End(Connection.Verdict.Lost(cause.Message));
        }
    }

    /// <summary>Asks the service and waits for the answer.</summary>
    /// <param name="type"><c>get</c> or <c>set</c>.</param>
    /// <param name="xmlns">The query's namespace.</param>
    /// <param name="content">The query.</param>
    /// <param name="ct">Gives up waiting.</param>
    /// <param name="timeout">How long to wait; <see cref="ClientOptions.RequestTimeout"/> by default.</param>
    /// <exception cref="RequestRefusedException">The answer is an error.</exception>
    /// <exception cref="RequestTimeoutException">There was no answer in time.</exception>
    /// <exception cref="ConnectionException">The connection has ended.</exception>
    public Task<Node> RequestAsync(
        string type,
        string xmlns,
        IReadOnlyList<Node> content,
        CancellationToken ct,
        TimeSpan? timeout = null
    ) => RequestAsync(id => new("iq", [("id", id), ("to", Jid.Service), ("type", type), ("xmlns", xmlns)], content), ct, timeout);

    /// <summary>Asks the service by a whole <c>iq</c>, made for the id it is given, and waits for the answer.</summary>
    public Task<Node> RequestAsync(Func<string, Node> makeQuery, CancellationToken ct, TimeSpan? timeout = null)
    {
        var id = NextId();
        var query = makeQuery(id);
        return _iqs.RequestAsync(id, token => SendAsync(query, token), timeout ?? _options.RequestTimeout, ct);
    }

    /// <summary>Reads until the connection ends.</summary>
    public async Task ReadAllAsync()
    {
        try
        {
            while (await _wire.ReadAsync(_socketLife.Token).ConfigureAwait(false) is { } node)
            {
                if (Verdict is not null)
                    continue; // only the service's farewell is still awaited

                Interlocked.Exchange(ref _lastFrameAt, _options.Time.GetTimestamp());
                ClientLog.Received(_logger, node);
                await DispatchAsync(node).ConfigureAwait(false);
            }

            End(OnClose);
        }
        finally
        {
            _inbound.Writer.TryComplete();
        }
    }

    /// <summary>
    /// Says goodbye, so that what was sent last arrives, and gives the service a moment to answer before the socket is torn down.
    /// </summary>
    public async Task CloseAsync()
    {
        _socketLife.CancelAfter(Farewell);
        await _wire.CloseAsync(_socketLife.Token).ConfigureAwait(false);
    }

    /// <summary>Frees everything. Every loop of this connection must have ended.</summary>
    public void Dispose()
    {
        _wire.Dispose();
        _life.Dispose();
        _socketLife.Dispose();
    }

    private ValueTask DispatchAsync(Node node)
    {
        switch (node.Tag)
        {
            case "iq" when node["type"] is "result" or "error":
                if (node["id"] is not { } id || !_iqs.TryComplete(id, node))
                    ClientLog.UnexpectedAnswer(_logger, node["id"]);
                return ValueTask.CompletedTask;
            case "success":
                _success.TrySetResult(node);
                return ValueTask.CompletedTask;
            case "failure":
                End(Connection.Verdict.OfFailure(node));
                return ValueTask.CompletedTask;
            case "stream:error":
                var cause = Connection.Verdict.OfStreamError(node);
                var isExpected = IsLoggingOut || cause.Next is NextStep.ReconnectNow;
                ClientLog.StreamError(_logger, isExpected ? LogLevel.Debug : LogLevel.Warning, node);
                EndByStreamError(cause);
                return ValueTask.CompletedTask;
            case "xmlstreamend":
                End(OnClose);
                return ValueTask.CompletedTask;
            default:
                return _inbound.Writer.TryWrite(node) ? ValueTask.CompletedTask : WaitForProcessorAsync(node);
        }
    }

    private void EndByStreamError(Verdict verdict) =>
        End(
            verdict switch
            {
                { Reason: DisconnectReason.DeviceRemoved } when IsLoggingOut => Connection.Verdict.LoggedOutByUser,
                { Next: NextStep.ReconnectLater } when OnClose.Next is NextStep.ReconnectNow => OnClose, // freshly linked: any end will do
                _ => verdict,
            });

    private async ValueTask WaitForProcessorAsync(Node node)
    {
        IsHeldBack = true;
        try
        {
            await _inbound.Writer.WriteAsync(node, Lifetime).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Exchange(ref _lastFrameAt, _options.Time.GetTimestamp());
            IsHeldBack = false;
        }
    }
}
