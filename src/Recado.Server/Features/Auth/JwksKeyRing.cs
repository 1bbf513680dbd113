using Microsoft.IdentityModel.Tokens;

namespace Recado.Server.Features.Auth;

/// <summary>
/// The project's public keys (RFC 7517). Fetched when first needed, when too old and, at a limited rate, when a token names a key
/// that is not among them. While the project cannot be reached the keys already known go on counting.
/// </summary>
internal sealed class JwksKeyRing(SupabaseHttpClient http, SupabaseAuthOptions options, TimeProvider time, ILogger<JwksKeyRing> logger) : IDisposable
{
    private readonly SemaphoreSlim _fetching = new(1, 1);
    private volatile KeySet? _keys;
    private DateTimeOffset _lastAttempt = DateTimeOffset.MinValue;
    private volatile bool _isAnswering;

    /// <summary>The keys that may have signed a token with this algorithm and key id; null when there is none and the project cannot be asked.</summary>
    public async ValueTask<IReadOnlyList<SecurityKey>?> FindAsync(string algorithm, string? keyId, CancellationToken ct)
    {
        var known = _keys is { } set ? Select(set, algorithm, keyId) : [];
        var fresh = _keys?.FetchedAt + options.KeySetLifetime > time.GetUtcNow();
        var fetching = _fetching.CurrentCount == 0; // then a known key need not wait for it
        if (known.Count > 0 && (fresh || fetching))
            return known;

        await RefreshAsync(ct);
        known = _keys is { } fetched ? Select(fetched, algorithm, keyId) : [];
        return known.Count > 0 || _isAnswering ? known : null;
    }

    public void Dispose() => _fetching.Dispose();

    private async Task RefreshAsync(CancellationToken ct)
    {
        await _fetching.WaitAsync(ct);
        try
        {
            // Whoever waited here finds the keys that the one before fetched.
            if (time.GetUtcNow() < _lastAttempt + options.KeySetMinimumAge)
                return;

            _lastAttempt = time.GetUtcNow();
            var json = await http.GetStringAsync(options.KeySetAddress, ct);
            _keys = new KeySet(new JsonWebKeySet(json).Keys, time.GetUtcNow());
            _isAnswering = true;
        }
        catch (Exception cause) when (cause is HttpRequestException or ArgumentException || (cause is OperationCanceledException && !ct.IsCancellationRequested))
        {
            _isAnswering = false;
            logger.KeySetUnavailable(cause, options.KeySetAddress, known: _keys is not null);
        }
        finally
        {
            _fetching.Release();
        }
    }

    /// <summary>By algorithm first: a key made for one algorithm never verifies another, and a shared secret in a public key set never counts.</summary>
    private static List<SecurityKey> Select(KeySet set, string algorithm, string? keyId)
    {
        var (keyType, curve) = algorithm == SecurityAlgorithms.EcdsaSha256
            ? (JsonWebAlgorithmsKeyTypes.EllipticCurve, JsonWebKeyECTypes.P256)
            : (JsonWebAlgorithmsKeyTypes.RSA, null);

        return [.. set.Keys.Where(k => k.Kty == keyType && (curve is null || k.Crv == curve)
            && (string.IsNullOrEmpty(k.Alg) || k.Alg == algorithm)
            && (string.IsNullOrEmpty(k.Use) || k.Use == JsonWebKeyUseNames.Sig)
            && (keyId is null || k.KeyId == keyId))];
    }

    private sealed record KeySet(IList<JsonWebKey> Keys, DateTimeOffset FetchedAt);
}
