using System.Net;
using System.Net.Sockets;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Outbound;

/// <summary>
/// The way to addresses that users name: over HTTP and HTTPS, to public addresses only. Each address is checked when the connection is made,
/// after the name is resolved, so that no name can lead elsewhere a second time. Thread-safe.
/// </summary>
internal sealed class OutboundHttp : IDisposable
{
    private const int MaxRedirects = 3, MaxHeaderKilobytes = 32;
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10), AnswerPatience = TimeSpan.FromSeconds(20), ConnectionLifetime = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http;
    private readonly bool _allowsPrivate;

    public OutboundHttp(RecadoSettings settings)
    {
        _allowsPrivate = settings.AllowPrivateLinks;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // each step is checked here
            UseCookies = false,
            UseProxy = false, // a proxy would resolve the name for us, unchecked
            AutomaticDecompression = DecompressionMethods.None, // what is counted is what is read
            ConnectTimeout = ConnectPatience,
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            PooledConnectionLifetime = ConnectionLifetime,
            ConnectCallback = ConnectAsync,
        };
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Recado/1.0 (WhatsApp link fetcher)");
    }

    /// <summary>Gets what a link leads to, with its body still to be read.</summary>
    /// <exception cref="LinkException">There is nothing to be had.</exception>
    public async Task<HttpResponseMessage> GetAsync(string link, string accept, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(AnswerPatience);
        var address = Checked(link, relativeTo: null);
        try
        {
            for (var step = 0; ; step++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                request.Headers.Accept.ParseAdd(accept);
                var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
                if (response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.NoContent)
                    return response;

                using (response)
                {
                    if (!IsRedirect(response.StatusCode) || response.Headers.Location is not { } next)
                        throw new LinkException(LinkError.Unreachable, $"The link answered with status {(int)response.StatusCode}.");
                    if (step == MaxRedirects)
                        throw new LinkException(LinkError.Unreachable, $"The link redirects more than {MaxRedirects} times.");

                    address = Checked(next.OriginalString, address);
                }
            }
        }
        catch (HttpRequestException e) when (e.InnerException is LinkException forbidden)
        {
            throw new LinkException(forbidden.Error, forbidden.Message, e);
        }
        catch (HttpRequestException e)
        {
            throw new LinkException(LinkError.Unreachable, $"The link cannot be reached ({e.HttpRequestError}).", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new LinkException(LinkError.Unreachable, $"The link has not answered within {AnswerPatience.TotalSeconds} seconds.", e);
        }
    }

    public void Dispose() => _http.Dispose();

    private static bool IsRedirect(HttpStatusCode status) => status
        is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
        or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private Uri Checked(string link, Uri? relativeTo)
    {
        var isAddress = relativeTo is null ? Uri.TryCreate(link, UriKind.Absolute, out var address) : Uri.TryCreate(relativeTo, link, out address);
        if (!isAddress || address!.Scheme is not ("http" or "https") || address.UserInfo.Length > 0)
            throw new LinkException(LinkError.Forbidden, "A link must be an http:// or https:// address without a user name.");
        if (IPAddress.TryParse(address.IdnHost.Trim('[', ']'), out var literal) && !IsAllowed(literal))
            throw Private();

        return address;
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        if (!Array.TrueForAll(addresses, IsAllowed))
            throw Private(); // a name that leads to both kinds is not to be trusted with either

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address) => _allowsPrivate || PublicAddress.IsPublic(address);

    private static LinkException Private() => new(LinkError.Forbidden, "The link leads into a private network, where nothing is fetched from.");
}
