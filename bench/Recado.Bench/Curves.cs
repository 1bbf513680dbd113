using Recado.Protocol.Crypto;

namespace Recado.Bench;

/// <summary>Two key pairs and a signature, over a message as long as a public key with its type byte.</summary>
internal sealed class Curves
{
    private static readonly IRandomSource Random = RandomSource.System;

    private readonly KeyPair _own = KeyPair.Generate(Random);
    private readonly KeyPair _other = KeyPair.Generate(Random);
    private readonly byte[] _message = new byte[33];
    private readonly byte[] _signature;

    public Curves() => _signature = Sign();

    public byte[] Sign() => XEdDsa.Sign(_own.PrivateKey, _message, Random);

    public bool Verify() => XEdDsa.Verify(_own.PublicKey, _message, _signature);

    public byte[] Agree() => X25519.Agree(_own.PrivateKey, _other.PublicKey);
}
