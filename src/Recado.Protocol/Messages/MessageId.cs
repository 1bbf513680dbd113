using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Recado.Protocol.Crypto;

namespace Recado.Protocol.Messages;

/// <summary>Ids of messages sent from here.</summary>
public static class MessageId
{
    private const string Prefix = "3EB0";
    private const int HashedLength = 9;
    private const int RandomLength = 16;

    /// <summary>
    /// <c>3EB0</c> and 18 upper-case hex digits: the first 9 bytes of
    /// <c>SHA-256(seconds (8, big-endian) ‖ user ‖ "@c.us" ‖ 16 random bytes)</c>. Draws 16 bytes.
    /// </summary>
    /// <param name="now">The time of sending.</param>
    /// <param name="ownPhoneUser">The own phone number, digits only; left out together with <c>@c.us</c> when unknown.</param>
    /// <param name="random">Where the random bytes come from.</param>
    public static string Create(DateTimeOffset now, string? ownPhoneUser, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var suffix = string.IsNullOrEmpty(ownPhoneUser) ? [] : Encoding.UTF8.GetBytes(ownPhoneUser + "@c.us");
        var input = new byte[sizeof(long) + suffix.Length + RandomLength];
        BinaryPrimitives.WriteInt64BigEndian(input, now.ToUnixTimeSeconds());
        suffix.CopyTo(input.AsSpan(sizeof(long)));
        random.Fill(input.AsSpan(^RandomLength..));

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return Prefix + Convert.ToHexString(hash[..HashedLength]);
    }
}
