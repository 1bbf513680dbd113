using System.Security.Cryptography;
using Recado.Server.Features.Media;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Media;

/// <summary>What every store of files does.</summary>
public abstract class FileStoreContract : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private protected abstract IFileStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static DateTimeOffset Later => TimeProvider.System.GetUtcNow().AddHours(1);

    private static DateTimeOffset Earlier => TimeProvider.System.GetUtcNow().AddHours(-1);

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Open_OfAFileThatWasPut_ReadsItFromAnywhere()
    {
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        var hash = await PutAsync(bytes);

        await using var file = await Store.OpenAsync(hash, Ct);
        var whole = new byte[bytes.Length];
        await file!.ReadExactlyAsync(whole, Ct);
        file.Position = 200_000;
        var part = new byte[1000];
        await file.ReadExactlyAsync(part, Ct);
        file.Seek(-10, SeekOrigin.End);
        var end = new byte[20];

        Assert.Equal(bytes.Length, file.Length);
        Assert.Equal(bytes, whole);
        Assert.Equal(bytes[200_000..201_000], part);
        Assert.Equal(10, await file.ReadAtLeastAsync(end, 20, throwOnEndOfStream: false, Ct));
        Assert.Equal(bytes[^10..], end[..10]);
    }

    [Fact]
    public async Task Put_OfTheSameBytesTwice_KeepsThem()
    {
        var bytes = RandomNumberGenerator.GetBytes(1000);

        await PutAsync(bytes);
        var hash = await PutAsync(bytes);

        await using var file = await Store.OpenAsync(hash, Ct);
        Assert.Equal(1000, file?.Length);
    }

    [Fact]
    public async Task Open_OfAFileThatIsNotThere_IsNull() => Assert.Null(await Store.OpenAsync(new string('a', 64), Ct));

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("")]
    public async Task Open_OfANameThatIsNoHash_Throws(string name) => await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenAsync(name, Ct));

    [Fact]
    public async Task List_ByAge_NamesTheOldOnes()
    {
        var hash = await PutAsync(RandomNumberGenerator.GetBytes(1000));

        Assert.Contains(hash, await Store.ListAsync(Later, Ct).ToListAsync(Ct));
        Assert.DoesNotContain(hash, await Store.ListAsync(Earlier, Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task Remove_OfAFile_SparesItWhileItIsYoung()
    {
        var hash = await PutAsync(RandomNumberGenerator.GetBytes(1000));

        await Store.RemoveAsync(hash, Earlier, Ct);
        var spared = await IsThereAsync(hash);
        await Store.RemoveAsync(hash, Later, Ct);

        Assert.True(spared);
        Assert.False(await IsThereAsync(hash));
    }

    private async Task<bool> IsThereAsync(string hash)
    {
        await using var file = await Store.OpenAsync(hash, Ct);
        return file is not null;
    }

    private async Task<string> PutAsync(byte[] bytes)
    {
        var path = _folder.File(Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, bytes, Ct);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await Store.PutAsync(path, hash, Ct);
        return hash;
    }
}
