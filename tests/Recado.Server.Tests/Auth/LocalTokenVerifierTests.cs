using Recado.Server.Features.Auth;

namespace Recado.Server.Tests.Auth;

public sealed class LocalTokenVerifierTests
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task Verify_WhenItIsTheLocalToken_IsTheOneUserForever()
    {
        var verdict = await new LocalTokenVerifier(Token).VerifyAsync(Token, TestContext.Current.CancellationToken);

        Assert.Equal(new AuthenticatedUser(LocalTokenVerifier.UserId, ExpiresAt: null), Assert.IsType<TokenVerdict.Accepted>(verdict).User);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789ABCDEF")]
    [InlineData("0123456789abcdef0123456789abcdef ")]
    public async Task Verify_WhenItIsAnythingElse_Rejects(string token) =>
        Assert.IsType<TokenVerdict.Rejected>(await new LocalTokenVerifier(Token).VerifyAsync(token, TestContext.Current.CancellationToken));
}
