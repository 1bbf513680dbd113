namespace Recado.Protocol.Crypto;

/// <summary>Where keys and nonces come from. Implementations used by several connections must be thread-safe.</summary>
public interface IRandomSource
{
    /// <summary>Fills the whole of <paramref name="destination"/> with random bytes.</summary>
    void Fill(Span<byte> destination);
}
