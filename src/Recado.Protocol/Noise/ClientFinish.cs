namespace Recado.Protocol.Noise;

/// <summary>What the client's last handshake message says.</summary>
/// <param name="StaticKey">The device's Noise key, 32 bytes; proven by the handshake.</param>
/// <param name="Payload">The serialised client payload: registration or login.</param>
public sealed record ClientFinish(byte[] StaticKey, byte[] Payload);
