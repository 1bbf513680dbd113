using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Recado.Server.Features.Idempotency;

/// <summary>
/// What makes two requests the same: method, address and body. Of a form it is the parts that count, since each attempt draws another boundary
/// between them. Reads the body as it comes and never holds it.
/// </summary>
internal static class RequestHash
{
    private const int Room = 64 * 1024;

    /// <param name="request">Its body must be one that can be read again; it is left at its beginning.</param>
    public static async Task<byte[]> ComputeAsync(HttpRequest request, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        if (BoundaryOf(request) is not { } boundary || !await TryAddPartsAsync(hash, request, boundary, ct))
        {
            Begin(hash, request);
            await AddAsync(hash, request.Body, ct);
        }

        request.Body.Position = 0;
        return hash.GetHashAndReset();
    }

    private static void Begin(IncrementalHash hash, HttpRequest request)
    {
        Add(hash, request.Method);
        Add(hash, request.Path.Value ?? "");
        Add(hash, request.QueryString.Value ?? "");
    }

    private static string? BoundaryOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
            && HeaderUtilities.RemoveQuotes(type.Boundary).Value is { Length: > 0 and <= 128 } boundary
            ? boundary
            : null;

    /// <returns>False for what is no form; then its bytes count, and the endpoint says what is wrong.</returns>
    private static async Task<bool> TryAddPartsAsync(IncrementalHash hash, HttpRequest request, string boundary, CancellationToken ct)
    {
        try
        {
            Begin(hash, request);
            var parts = new MultipartReader(boundary, request.Body);
            while (await parts.ReadNextSectionAsync(ct) is { } part)
            {
                Add(hash, part.ContentDisposition ?? "");
                Add(hash, part.ContentType ?? "");
                await AddAsync(hash, part.Body, ct);
            }

            return true;
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException && !ct.IsCancellationRequested)
        {
            request.Body.Position = 0;
            hash.GetHashAndReset();
            return false;
        }
    }

    /// <summary>The bytes, and behind them how many they were.</summary>
    private static async Task AddAsync(IncrementalHash hash, Stream body, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Room);
        try
        {
            var length = 0L;
            int read;
            while ((read = await body.ReadAsync(buffer, ct)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                length += read;
            }

            AddLength(hash, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Add(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        hash.AppendData(bytes);
        AddLength(hash, bytes.Length);
    }

    private static void AddLength(IncrementalHash hash, long length)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, length);
        hash.AppendData(bytes);
    }
}
