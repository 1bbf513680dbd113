using System.Security.Cryptography;
using System.Text;

namespace Recado.Protocol.Messages;

/// <summary>The fingerprint of a device list, by which client and service notice that they disagree about it.</summary>
public static class ParticipantHash
{
    private const string Version = "2:";
    private const int HashedLength = 6;

    /// <summary>
    /// <c>2:</c> and the unpadded base64 of the first 6 bytes of the SHA-256 of the devices in the form
    /// <c>user.agent:device@server</c>, sorted by bytes and joined without a separator. The set includes the sending device.
    /// </summary>
    public static string Compute(IEnumerable<Jid> devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var device in devices.Select(device => device.ToAdString()).Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(device));

        return Version + Convert.ToBase64String(hash.GetHashAndReset().AsSpan(0, HashedLength)); // 6 bytes need no '='
    }
}
