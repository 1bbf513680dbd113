using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recado.Simulator.Media;

/// <summary>
/// The authority behind the media host's certificate: made once and kept in the state file, so that who trusts it need not do so
/// again after a restart. The host's own certificate is made anew at each start.
/// </summary>
internal sealed class MediaAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // Wide enough for whatever a test's clock shows.
    private static readonly DateTimeOffset NotBefore = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), NotAfter = new(2099, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 _certificate;

    private MediaAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>The certificate to trust.</summary>
    public string Pem => _certificate.ExportCertificatePem();

    public static MediaAuthority Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Recado simulated media authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new MediaAuthority(request.CreateSelfSigned(NotBefore, NotAfter));
    }

    public static MediaAuthority Import(byte[] state) => new(X509CertificateLoader.LoadPkcs12(state, password: null, X509KeyStorageFlags.Exportable));

    /// <summary>Certificate and private key, for the state file.</summary>
    public byte[] Export() => _certificate.ExportPkcs12(Pkcs12ExportPbeParameters.Default, password: null);

    /// <summary>A certificate for a host on this machine, and for WhatsApp's own name, to which some clients can be redirected only.</summary>
    public X509Certificate2 Issue(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Recado simulated media host", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("mmg.whatsapp.net");
        if (IPAddress.TryParse(host, out var address))
            names.AddIpAddress(address);
        else
            names.AddDnsName(host);

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f; // a serial number is positive
        using var issued = request.Create(_certificate, NotBefore.AddDays(1), NotAfter.AddDays(-1), serial);
        using var withKey = issued.CopyWithPrivateKey(key);

        // Through PKCS #12, because TLS on some systems cannot use a key that lives in memory only.
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), password: null);
    }

    public void Dispose() => _certificate.Dispose();
}
