using System.Security.Cryptography;
using System.Text;

namespace Recado.Server.Features.Auth;

/// <summary>Standalone mode: one token, one user.</summary>
internal sealed class LocalTokenVerifier(string localToken) : ITokenVerifier
{
    /// <summary>The owner of everything in standalone mode.</summary>
    public static readonly Guid UserId = new("00000000-0000-4000-8000-000000000001");

    private static readonly TokenVerdict Accepted = new TokenVerdict.Accepted(new AuthenticatedUser(UserId, ExpiresAt: null));
    private static readonly TokenVerdict Rejected = new TokenVerdict.Rejected(
        "The token is not this server's local token. It is part of the console address that the server prints when it starts.");

    private readonly byte[] _expected = Digest(localToken);

    // Digests have one length, so that the comparison tells nothing about the token's.
    public ValueTask<TokenVerdict> VerifyAsync(string token, CancellationToken ct) =>
        ValueTask.FromResult(CryptographicOperations.FixedTimeEquals(Digest(token), _expected) ? Accepted : Rejected);

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
