using System.Diagnostics;
using Recado.Server.Hosting;
using Recado.Server.Tests.Storage;

namespace Recado.Server.Tests.Media;

/// <summary>An S3-compatible store in a process of its own (the npm package s3rver). It knows access keys; signatures it only reads.</summary>
public sealed class S3Server : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private Process _process = null!;

    internal S3Settings Settings { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        _process = NodeProgram.Start("s3.js", _folder.Path);
        var port = await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.True(S3Settings.TryParse($"s3://S3RVER:S3RVER@127.0.0.1:{port}/recado?tls=false", out var settings));
        Settings = settings;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close(); // which ends it
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Dispose();
    }
}
