using System.Security.Cryptography;

namespace Recado.Server.Tests.Auth;

/// <summary>The client library that front ends use, with a project that signs users in.</summary>
public sealed class SupabaseClientTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The script's own checks are the assertions; the first that fails ends it with an error.</summary>
    [Fact]
    public async Task SupabaseJs_WhenItSignsInRefreshesAndSignsOut_CallsAsItsUser()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var project = await FakeGoTrue.StartAsync();
        project.Publish("key-1", key);
        project.SignIn = user => TestToken.For(user, project.Issuer, TimeProvider.System.GetUtcNow().AddHours(1)).With("jti", $"{Guid.NewGuid()}").SignEs256("key-1", key);
        await using var server = await TestServer.StartAsync(settings => settings with
        {
            LocalToken = null,
            SupabaseUrl = new Uri(project.Url.AbsoluteUri.TrimEnd('/')),
            SupabaseServiceKey = "sb_secret_of_the_tests",
        });

        await NodeProgram.RunAsync("supabase.js", input: [], Ct, project.Url.ToString(), server.Url.ToString(), "ana@example.org", "a password of the tests");
    }
}
