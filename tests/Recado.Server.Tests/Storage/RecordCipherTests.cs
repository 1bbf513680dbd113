using System.Text;
using Recado.Protocol.Crypto;
using Recado.Server.Storage;
using Recado.Server.Storage.Encryption;

namespace Recado.Server.Tests.Storage;

public sealed class RecordCipherTests
{
    private static readonly RecordPlace Place = new(Guid.NewGuid(), "session", "5511:0");
    private readonly RecordCipher _cipher = new(["first secret"], RandomSource.System);

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(5000)]
    public void Open_WhenSealedHere_ReturnsTheSameBytes(int length)
    {
        var plaintext = RandomSource.System.Bytes(length);

        Assert.Equal(plaintext, _cipher.Open(Place, _cipher.Seal(Place, plaintext)));
    }

    [Fact]
    public void Open_WhenAnyBitIsFlipped_Refuses()
    {
        var data = _cipher.Seal(Place, "ratchet"u8);

        for (var bit = 0; bit < data.Length * 8; bit++)
        {
            var flipped = data.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Throws<StorageException>(() => _cipher.Open(Place, flipped));
        }
    }

    [Fact]
    public void Open_WhenCutAnywhere_Refuses()
    {
        var data = _cipher.Seal(Place, "ratchet"u8);

        for (var length = 0; length < data.Length; length++)
            Assert.Throws<StorageException>(() => _cipher.Open(Place, data.AsSpan(0, length)));
    }

    [Fact]
    public void Open_WhenMovedToAnotherPlace_Refuses()
    {
        var data = _cipher.Seal(Place, "ratchet"u8);

        Assert.Throws<StorageException>(() => _cipher.Open(Place with { SessionId = Guid.NewGuid() }, data));
        Assert.Throws<StorageException>(() => _cipher.Open(Place with { Kind = "identity" }, data));
        Assert.Throws<StorageException>(() => _cipher.Open(Place with { Id = "5511:1" }, data));
        Assert.Throws<StorageException>(() => _cipher.Open(Place with { Kind = "session5", Id = "511:0" }, data));
    }

    [Fact]
    public void Open_WhenTheKeyWasRotated_ReadsOldAndNew()
    {
        var old = _cipher.Seal(Place, "old"u8);
        var rotated = new RecordCipher(["second secret", "first secret"], RandomSource.System);

        var renewed = rotated.Seal(Place, "new"u8);

        Assert.Equal("old", Encoding.UTF8.GetString(rotated.Open(Place, old)));
        Assert.Equal(rotated.CurrentKeyId, RecordCipher.KeyIdOf(renewed));
        Assert.NotEqual(RecordCipher.KeyIdOf(old), RecordCipher.KeyIdOf(renewed));
        Assert.Throws<StorageException>(() => _cipher.Open(Place, renewed));
    }
}
