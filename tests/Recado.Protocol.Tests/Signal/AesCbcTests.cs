using System.Security.Cryptography;
using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Tests.Signal;

public sealed class AesCbcTests
{
    private static readonly byte[] Key = new byte[32];
    private static readonly byte[] Iv = new byte[16];

    [Fact]
    public void TryDecrypt_WhateverTheLength_GivesThePlaintextBack()
    {
        for (var length = 0; length <= 64; length++)
        {
            var plaintext = new SeededRandom(length).Bytes(length);

            Assert.Equal(plaintext, AesCbc.TryDecrypt(Key, Iv, AesCbc.Encrypt(Key, Iv, plaintext)));
        }
    }

    [Theory]
    [InlineData("00000000000000000000000000000000")]
    [InlineData("00000000000000000000000000000011")]
    [InlineData("00000000000000000000000000000202ff")] // not a whole block
    [InlineData("00000000000000000000000000000302")]
    [InlineData("000000000000000000000000000000ff")]
    [InlineData("")]
    public void TryDecrypt_WhenThePaddingIsWrong_GivesNothing(string hex)
    {
        var padded = Convert.FromHexString(hex);
        using var aes = Aes.Create();
        aes.SetKey(Key);
        var ciphertext = padded.Length % 16 == 0 ? aes.EncryptCbc(padded, Iv, PaddingMode.None) : padded;

        Assert.Null(AesCbc.TryDecrypt(Key, Iv, ciphertext));
    }
}
