namespace Recado.Protocol.Noise;

/// <summary>
/// Encrypts and decrypts frame bodies after the handshake. Every body moves a counter, so bodies must go on the wire in the
/// order of encryption and be decrypted in the order of arrival. Each direction takes one caller at a time; the two are independent.
/// </summary>
public sealed class NoiseTransport : IDisposable
{
    /// <summary>How much longer a ciphertext is than its plaintext, in bytes.</summary>
    public const int Overhead = CipherState.TagLength;

    private readonly CipherState _send;
    private readonly CipherState _receive;

    internal NoiseTransport(CipherState send, CipherState receive) => (_send, _receive) = (send, receive);

    /// <summary>Encrypts one body.</summary>
    /// <exception cref="ProtocolException">All counters are used up (<see cref="ProtocolError.CounterExhausted"/>).</exception>
    public byte[] Encrypt(ReadOnlySpan<byte> plaintext)
    {
        var ciphertext = new byte[plaintext.Length + Overhead];
        _send.Encrypt(plaintext, ciphertext, associatedData: []);
        return ciphertext;
    }

    /// <summary>Encrypts one body into <paramref name="ciphertext"/>, which must be longer than the plaintext by exactly <see cref="Overhead"/>.</summary>
    /// <exception cref="ProtocolException">All counters are used up (<see cref="ProtocolError.CounterExhausted"/>).</exception>
    public void Encrypt(ReadOnlySpan<byte> plaintext, Span<byte> ciphertext)
    {
        if (ciphertext.Length != plaintext.Length + Overhead)
            throw new ArgumentException($"The ciphertext of {plaintext.Length} bytes takes {plaintext.Length + Overhead}, not {ciphertext.Length}.", nameof(ciphertext));

        _send.Encrypt(plaintext, ciphertext, associatedData: []);
    }

    /// <summary>Decrypts one body.</summary>
    /// <exception cref="ProtocolException">
    /// It fails authentication (<see cref="ProtocolError.Tampered"/>). As the counters are not on the wire, the connection cannot heal: close it.
    /// </exception>
    public byte[] Decrypt(ReadOnlySpan<byte> ciphertext)
    {
        var plaintext = new byte[CipherState.PlaintextLength(ciphertext)];
        _receive.Decrypt(ciphertext, plaintext, associatedData: []);
        return plaintext;
    }

    /// <summary>Releases both keys.</summary>
    public void Dispose()
    {
        _send.Dispose();
        _receive.Dispose();
    }
}
