using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Recado.Client.Media;

/// <summary>The HTTP client that files travel through.</summary>
public static class MediaHttp
{
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(10);

    /// <summary>Makes a client for <see cref="ClientOptions.MediaHttp"/>. Thread-safe, and meant to be shared by all sessions of a process.</summary>
    /// <param name="options">Proxy, clock and time limits.</param>
    /// <param name="authorities">Further authorities whose certificates are accepted, beside the system's: a simulator's, for instance.</param>
    public static HttpClient Create(ClientOptions options, X509Certificate2Collection? authorities = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // media hosts do not redirect, and nobody else gets to say where files come from
            UseCookies = false,
            Proxy = options.Proxy,
            UseProxy = options.Proxy is not null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionLifetime = ConnectionLifetime,
        };
        if (authorities is { Count: > 0 })
            handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors, authorities);

        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan }; // a file may take as long as it keeps moving
    }

    private static bool IsTrusted(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection authorities)
    {
        if (errors == SslPolicyErrors.None)
            return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 presented)
            return false; // a wrong name is wrong under any authority

        using var custom = new X509Chain();
        custom.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        custom.ChainPolicy.CustomTrustStore.AddRange(authorities);
        custom.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority made for a simulator publishes no revocations
        foreach (var element in chain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            custom.ChainPolicy.ExtraStore.Add(element.Certificate);

        return custom.Build(presented);
    }
}
