using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Xml;
using System.Xml.Linq;
using Recado.Server.Hosting;

namespace Recado.Server.Features.Media;

/// <summary>Files in a bucket of an S3-compatible store, under <c>media/</c> and their hash, which also signs each upload.</summary>
internal sealed class S3Files(S3Settings store, TimeProvider time) : IFileStore, IDisposable
{
    private const string Folder = "media/";

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(30), UploadPatience = TimeSpan.FromMinutes(30), ConnectionLifetime = TimeSpan.FromMinutes(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = ConnectionLifetime, AllowAutoRedirect = false, UseCookies = false })
    {
        Timeout = Timeout.InfiniteTimeSpan, // of a large file; answers have a limit of their own
    };

    public async Task PutAsync(string path, string hash, CancellationToken ct)
    {
        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true))
        {
            using var request = Request(HttpMethod.Put, hash);
            request.Content = new StreamContent(file) { Headers = { ContentLength = file.Length, ContentType = new MediaTypeHeaderValue(MediaType.Unknown) } };
            using var response = await SendAsync(request, hash, ct, UploadPatience);
            Require(response, "take a file");
        }

        File.Delete(path);
    }

    public async Task<Stream?> OpenAsync(string hash, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Head, hash);
        using var response = await SendAsync(request, S3Signature.NoBody, ct);
        if (response.StatusCode == HttpStatusCode.NotFound)
            return null;

        Require(response, "look a file up");
        return new RangedStream((from, token) => ReadAsync(hash, from, token), response.Content.Headers.ContentLength ?? 0);
    }

    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset olderThan, [EnumeratorCancellation] CancellationToken ct)
    {
        string? next = null;
        do
        {
            var more = next is null ? "" : $"continuation-token={Uri.EscapeDataString(next)}&";
            using var request = new HttpRequestMessage(HttpMethod.Get, Address($"?{more}list-type=2&prefix={Uri.EscapeDataString(Folder)}"));
            using var response = await SendAsync(request, S3Signature.NoBody, ct);
            Require(response, "list its files");
            XDocument page;
            try
            {
                page = await XDocument.LoadAsync(await response.Content.ReadAsStreamAsync(ct), LoadOptions.None, ct);
            }
            catch (XmlException e)
            {
                throw new FileStoreException("The store of files answers a listing with something else than XML.", e);
            }

            foreach (var entry in Children(page.Root!, "Contents"))
            {
                var hash = Text(entry, "Key")?[Folder.Length..];
                if (hash is not null && FileHash.Is(hash) && DateTimeOffset.Parse(Text(entry, "LastModified")!, CultureInfo.InvariantCulture) < olderThan)
                    yield return hash;
            }

            next = Text(page.Root!, "IsTruncated") == "true" ? Text(page.Root!, "NextContinuationToken") : null;
        }
        while (next is not null);
    }

    public async Task RemoveAsync(string hash, DateTimeOffset olderThan, CancellationToken ct)
    {
        using var look = Request(HttpMethod.Head, hash);
        using var found = await SendAsync(look, S3Signature.NoBody, ct);
        if (found.StatusCode == HttpStatusCode.NotFound || found.Content.Headers.LastModified >= olderThan)
            return;

        using var request = Request(HttpMethod.Delete, hash);
        using var response = await SendAsync(request, S3Signature.NoBody, ct);
        Require(response, "remove a file");
    }

    public void Dispose() => _http.Dispose();

    private async Task<Stream> ReadAsync(string hash, long from, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, hash);
        request.Headers.Range = new RangeHeaderValue(from, null);
        var response = await SendAsync(request, S3Signature.NoBody, ct);
        if (response.StatusCode == HttpStatusCode.PartialContent || (from == 0 && response.IsSuccessStatusCode))
            return await response.Content.ReadAsStreamAsync(ct); // closing it closes the answer

        using (response)
            throw new FileStoreException($"The store of files does not serve a file (status {(int)response.StatusCode}).");
    }

    private HttpRequestMessage Request(HttpMethod method, string hash) => new(method, Address($"/{Folder}{FileHash.Checked(hash)}"));

    private Uri Address(string pathAndQuery) => new($"{store.Endpoint.AbsoluteUri.TrimEnd('/')}/{store.Bucket}{pathAndQuery}");

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string bodySha256, CancellationToken ct, TimeSpan? patience = null)
    {
        S3Signature.Sign(request, bodySha256, store, time.GetUtcNow());
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience ?? AnswerPatience);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        }
        catch (HttpRequestException e)
        {
            throw new FileStoreException($"The store of files at {store.Endpoint.Host} cannot be reached: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new FileStoreException($"The store of files at {store.Endpoint.Host} does not answer.", e);
        }
    }

    private static void Require(HttpResponseMessage response, string what)
    {
        if (!response.IsSuccessStatusCode)
            throw new FileStoreException($"The store of files refuses to {what} (status {(int)response.StatusCode}).");
    }

    private static IEnumerable<XElement> Children(XElement parent, string name) => parent.Elements().Where(child => child.Name.LocalName == name);

    private static string? Text(XElement parent, string name) => Children(parent, name).FirstOrDefault()?.Value;
}
