using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Media;
using Recado.Simulator.Faults;
using Recado.Simulator.Service;

namespace Recado.Simulator.Media;

/// <summary>
/// The media host: HTTPS on a port of its own. <c>POST /{path}/{kind}/{token}</c> takes a file whose hash is the token,
/// <c>GET</c> of the path it was given serves it, by ranges too.
/// </summary>
internal sealed class MediaHost : IAsyncDisposable
{
    /// <summary>The folder of users' pictures, which are not encrypted.</summary>
    public const string PictureFolder = "t61.24694-24";

    private const long LargestFile = 2L * 1024 * 1024 * 1024 + 1024;
    private const int MaxTokens = 10_000;
    private const string Source = "media host";

    private static readonly TimeSpan Ttl = TimeSpan.FromMinutes(5), TokenTtl = TimeSpan.FromHours(6);

    private readonly SimulatorOptions _options;
    private readonly Exchange _exchange;
    private readonly MediaAuthority _authority;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DateTimeOffset> _tokens = [];
    private readonly Queue<string> _tokenOrder = new();
    private WebApplication? _host;

    public MediaHost(SimulatorOptions options, Exchange exchange, byte[]? authority)
    {
        (_options, _exchange) = (options, exchange);
        _authority = authority is null ? MediaAuthority.Create() : MediaAuthority.Import(authority);
        AuthorityState = authority ?? _authority.Export(); // once: the encryption of its format is slow on purpose
        Files = new MediaStorage(options.StateFile is { } file ? $"{Path.GetFullPath(file)}.media" : null);
        AuthorityFile = Path.Combine(Files.Folder, "ca.pem");
        File.WriteAllText(AuthorityFile, _authority.Pem);
    }

    public MediaStorage Files { get; }

    /// <summary>The authority's certificate, for who must trust it.</summary>
    public string AuthorityPem => _authority.Pem;

    /// <summary>The same as a file, which is what Node's <c>NODE_EXTRA_CA_CERTS</c> takes.</summary>
    public string AuthorityFile { get; }

    /// <summary>Host and port as they are announced to clients; null before the start.</summary>
    public string? Address { get; private set; }

    /// <summary>Certificate and private key of the authority, for the state file.</summary>
    public byte[] AuthorityState { get; }

    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        var certificate = _authority.Issue(_options.Host);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestFile;
            void Secure(ListenOptions listen) => listen.UseHttps(certificate);
            if (IPAddress.TryParse(_options.Host, out var ip))
                kestrel.Listen(ip, _options.MediaPort, Secure);
            else
                kestrel.Listen(IPAddress.Loopback, _options.MediaPort, Secure);
        });
        var host = builder.Build();
        host.MapPost("/{**path}", UploadAsync);
        host.MapGet("/v/{folder}/{name}", Download);
        host.MapDelete("/mms/md-msg-hist/{token}", Delete);
        _host = host;
        await host.StartAsync(ct);

        var port = new Uri(host.Urls.First()).Port.ToString(CultureInfo.InvariantCulture);
        var name = IPAddress.TryParse(_options.Host, out var address) && address.Equals(IPAddress.Any) ? "127.0.0.1" : _options.Host;
        Address = $"{name}:{port}";
    }

    /// <summary>Leave for a device to use the host; an answer to <c>media_conn</c>.</summary>
    public Node Connect()
    {
        var token = Convert.ToHexString(_exchange.Random.Bytes(16));
        lock (_gate)
        {
            _tokens[token] = _exchange.Now + TokenTtl;
            _tokenOrder.Enqueue(token);
            if (_tokenOrder.Count > MaxTokens)
                _tokens.Remove(_tokenOrder.Dequeue());
        }

        return new MediaConnection(token, [Address ?? "mmg.invalid"], Ttl, TokenTtl).ToNode();
    }

    /// <summary>Every upload from now on needs a new leave, as after a long time.</summary>
    public void ForgetTokens()
    {
        lock (_gate)
            _tokens.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is { } host)
        {
            await host.StopAsync();
            await host.DisposeAsync();
        }

        Files.Dispose();
        _authority.Dispose();
    }

    private async Task<IResult> UploadAsync(string path, HttpRequest request, CancellationToken ct)
    {
        if (_exchange.Faults.Take(FaultKind.RefuseUpload, phone: null) is { } fault)
            return TypedResults.StatusCode(fault.Code ?? StatusCodes.Status503ServiceUnavailable);
        if (!IsAuthorised(request.Query["auth"]))
            return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);

        var token = path[(path.LastIndexOf('/') + 1)..];
        if (MediaStorage.ReadToken(token) is not { } expected || request.Query["token"] != token)
            return Reject("The token of an upload is not the base64url of a hash, or path and query differ.");
        if (request.ContentLength is not > 0)
            return Reject("An upload has no Content-Length.");

        var temporary = Files.NewTemporaryPath();
        try
        {
            var hash = await SaveAsync(request.Body, temporary, ct);
            if (!hash.AsSpan().SequenceEqual(expected))
                return Reject("The hash of an upload is not the one in its token.");

            var directPath = Files.Add(temporary, hash);
            return TypedResults.Ok(new UploadResponse($"https://{Address}{directPath}", directPath, Convert.ToHexStringLower(hash)));
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private IResult Download(string folder, string name)
    {
        if (folder == AppStateDesk.Folder) // comes and goes with the login, so the faults of files would hit it by chance
            return _exchange.AppState.Find(name) is { } settings ? TypedResults.Bytes(settings) : TypedResults.StatusCode(StatusCodes.Status404NotFound);
        if (_exchange.Faults.Take(FaultKind.RefuseDownload, phone: null) is { } refusal)
            return TypedResults.StatusCode(refusal.Code ?? StatusCodes.Status503ServiceUnavailable);
        if (folder == PictureFolder)
            return _exchange.Pictures.Find(name) is { } picture ? TypedResults.Bytes(picture, "image/jpeg") : TypedResults.StatusCode(StatusCodes.Status404NotFound);
        if (Files.Find(name) is not { } file)
            return TypedResults.StatusCode(StatusCodes.Status410Gone);

        if (_exchange.Faults.Take(FaultKind.CorruptDownload, phone: null) is not null)
            return new FaultyDownload(file, IsCut: false);
        if (_exchange.Faults.Take(FaultKind.CutDownload, phone: null) is not null)
            return new FaultyDownload(file, IsCut: true);

        return TypedResults.PhysicalFile(file, "application/octet-stream", enableRangeProcessing: true);
    }

    /// <summary>A companion has stored a part of the history; its phone keeps it.</summary>
    private IResult Delete(string token, HttpRequest request)
    {
        if (!IsAuthorised(request.Query["auth"]))
            return TypedResults.StatusCode(StatusCodes.Status401Unauthorized);
        if (MediaStorage.ReadToken(token) is not { } hash || request.Query["token"] != token || request.Query["d_md"].Count == 0)
            return Reject("The token of a deletion is not the base64url of a hash, or it does not say where the file lies.");

        return TypedResults.StatusCode(Files.Expire(hash) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound);
    }

    private bool IsAuthorised(string? token)
    {
        lock (_gate)
            return token is not null && _tokens.TryGetValue(token, out var expires) && expires > _exchange.Now;
    }

    private static async Task<byte[]> SaveAsync(Stream body, string path, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var file = File.Create(path);
        var piece = new byte[64 * 1024];
        int count;
        while ((count = await body.ReadAsync(piece, ct)) > 0)
        {
            hash.AppendData(piece.AsSpan(0, count));
            await file.WriteAsync(piece.AsMemory(0, count), ct);
        }

        return hash.GetHashAndReset();
    }

    private IResult Reject(string problem)
    {
        _exchange.Trace.Violation(Source, problem);
        return TypedResults.StatusCode(StatusCodes.Status400BadRequest);
    }
}

/// <summary>The media host's answer to an upload; the names are WhatsApp's.</summary>
internal sealed record UploadResponse(
    [property: System.Text.Json.Serialization.JsonPropertyName("url")] string Url,
    [property: System.Text.Json.Serialization.JsonPropertyName("direct_path")] string DirectPath,
    [property: System.Text.Json.Serialization.JsonPropertyName("handle")] string Handle);

/// <summary>A file with a flipped bit in its middle, or one that ends there although more was promised.</summary>
internal sealed record FaultyDownload(string Path, bool IsCut) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var bytes = await File.ReadAllBytesAsync(Path, httpContext.RequestAborted);
        httpContext.Response.ContentLength = bytes.Length;
        bytes[bytes.Length / 2] ^= 1;
        await httpContext.Response.Body.WriteAsync(IsCut ? bytes.AsMemory(0, bytes.Length / 2) : bytes, httpContext.RequestAborted);
        await httpContext.Response.Body.FlushAsync(httpContext.RequestAborted);
        if (IsCut)
            httpContext.Abort();
    }
}
