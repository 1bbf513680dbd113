using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Users;

/// <summary>The name under which WhatsApp knows a business, in its certificate.</summary>
public static class VerifiedName
{
    /// <summary>The name in a serialised certificate; null when there is none to be read. Nobody checks the signatures: the service vouches.</summary>
    public static string? Read(ReadOnlySpan<byte> certificate)
    {
        try
        {
            var details = VerifiedNameCertificate.Parser.ParseFrom(certificate).Details;
            return VerifiedNameCertificate.Types.Details.Parser.ParseFrom(details) is { VerifiedName: { Length: > 0 } name } ? name : null;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    /// <summary>A certificate without signatures, as a simulator issues it.</summary>
    public static byte[] Write(string name) => new VerifiedNameCertificate
    {
        Details = new VerifiedNameCertificate.Types.Details { Serial = 1, Issuer = "smb:wa", VerifiedName = name }.ToByteString(),
    }.ToByteArray();
}
