using Recado.Server.Features.Media;
using Recado.Server.Hosting;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Media;

public sealed class FolderFilesTests : FileStoreContract
{
    private static readonly TemporaryFolder Folder = new();

    private protected override IFileStore Store { get; } = new FolderFiles(Folder.File("media"));
}

public sealed class S3FilesTests(S3Server server) : FileStoreContract, IClassFixture<S3Server>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private protected override IFileStore Store => new S3Files(server.Settings, TimeProvider.System);

    [Fact]
    public async Task Open_WhenTheKeyIsWrong_SaysThatTheStoreRefuses()
    {
        using var store = new S3Files(server.Settings with { AccessKey = "wrong" }, TimeProvider.System);

        var e = await Assert.ThrowsAsync<FileStoreException>(() => store.OpenAsync(new string('a', 64), Ct));

        Assert.Contains("403", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WhenTheStoreIsAway_SaysSo()
    {
        using var store = new S3Files(server.Settings with { Endpoint = new Uri("http://127.0.0.1:9") }, TimeProvider.System);

        var e = await Assert.ThrowsAsync<FileStoreException>(() => store.OpenAsync(new string('a', 64), Ct));

        Assert.Contains("cannot be reached", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://key:secret@127.0.0.1:9000/bucket?tls=false", "http://127.0.0.1:9000/", "bucket", "us-east-1")]
    [InlineData("s3://key:s%2Fecret@s3.eu-west-1.amazonaws.com/my-bucket?region=eu-west-1", "https://s3.eu-west-1.amazonaws.com/", "my-bucket", "eu-west-1")]
    [InlineData("s3://key:secret@abc.supabase.co/storage/v1/s3/files?region=sa-east-1", "https://abc.supabase.co/storage/v1/s3", "files", "sa-east-1")]
    public void Parse_OfAnAddress_ReadsItsParts(string text, string endpoint, string bucket, string region)
    {
        Assert.True(S3Settings.TryParse(text, out var settings));

        Assert.Equal((endpoint, bucket, region), (settings.Endpoint.AbsoluteUri, settings.Bucket, settings.Region));
        Assert.DoesNotContain("ecret", settings.ToString(), StringComparison.Ordinal);
    }
}
