namespace Recado.Server.Tests.Api;

public sealed class FrontEndTests
{
    /// <summary>The script's own checks are the assertions; the first that fails ends it with an error.</summary>
    [Fact]
    public async Task FrontEnd_WhenWrittenForTheOriginalBackend_WorksUnchanged()
    {
        await using var server = await TestServer.StartAsync(TestServer.Simulating);

        await NodeProgram.RunAsync("front-end.js", input: [], TestContext.Current.CancellationToken, server.Url.ToString(), TestServer.LocalToken);
    }
}
