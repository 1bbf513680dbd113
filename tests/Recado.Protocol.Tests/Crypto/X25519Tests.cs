using Recado.Protocol.Crypto;

namespace Recado.Protocol.Tests.Crypto;

public sealed class X25519Tests
{
    /// <summary>RFC 7748 §6.1.</summary>
    [Fact]
    public void Agree_WhenGivenTheKeysOfTheRfc_GivesItsSecret()
    {
        var bob = KeyPair.FromPrivateKey(Convert.FromHexString("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
        var alice = Convert.FromHexString("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");

        var secret = X25519.Agree(bob.PrivateKey, alice);

        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Convert.ToHexStringLower(bob.PublicKey));
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Convert.ToHexStringLower(secret));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0102")]
    [InlineData("")]
    public void Agree_WhenThePublicKeyIsUnusable_Refuses(string publicKey)
    {
        var pair = KeyPair.Generate(new SeededRandom(1));

        var error = Assert.Throws<ProtocolException>(() => X25519.Agree(pair.PrivateKey, Convert.FromHexString(publicKey)));

        Assert.Equal(ProtocolError.InvalidKey, error.Error);
    }

    [Fact]
    public void Agree_WhenTheOwnKeyHasAWrongLength_BlamesTheCaller() =>
        Assert.Throws<ArgumentException>(() => X25519.Agree(new byte[31], new byte[32]));

    [Fact]
    public void Generate_WhenTheSourceIsKnown_ClampsItsBytes()
    {
        var pair = KeyPair.Generate(new ScriptedRandom([.. Enumerable.Repeat((byte)0xff, 32)]));

        Assert.Equal((0xf8, 0x7f), (pair.PrivateKey[0], pair.PrivateKey[31]));
        Assert.Equal(pair.PublicKey, KeyPair.FromPrivateKey(pair.PrivateKey).PublicKey);
        Assert.Equal("KeyPair", pair.ToString());
    }

    [Fact]
    public void System_WhenDrawnTwice_Differs() => Assert.NotEqual(RandomSource.System.Bytes(32), RandomSource.System.Bytes(32));
}
