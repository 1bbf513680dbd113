using System.Security.Cryptography;
using System.Text;

namespace Recado.Protocol.Messages;

/// <summary>
/// What a first message to someone carries in place of a trusted-contact token that is not there yet:
/// <c>HMAC-SHA256(salt, LID of the recipient without device)</c>, the salt given by the phone.
/// </summary>
public static class ClientSideToken
{
    /// <summary>The 32 bytes of the token.</summary>
    public static byte[] Compute(ReadOnlySpan<byte> salt, Jid recipient) =>
        HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(recipient.ToUser().ToString()));
}
