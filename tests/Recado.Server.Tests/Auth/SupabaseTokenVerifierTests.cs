using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Recado.Server.Features.Auth;

namespace Recado.Server.Tests.Auth;

public sealed class SupabaseTokenVerifierTests : IAsyncLifetime
{
    private const string Secret = "a-project-secret-of-at-least-32-characters";
    private static readonly Guid User = new("6f1c1df0-3a6b-4c1e-9d59-0d2c6a8f4b11");

    private readonly FakeTimeProvider _time = new(DateTimeOffset.Parse("2026-01-31T12:00:00Z"));
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly List<IDisposable> _owned = [];
    private FakeGoTrue _project = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _project = await FakeGoTrue.StartAsync();
        _project.Publish("key-1", _key);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var owned in _owned)
            owned.Dispose();
        _key.Dispose();
        await _project.DisposeAsync();
    }

    [Fact]
    public async Task Verify_WhenSignedWithThePublishedEllipticCurveKey_Accepts()
    {
        var verdict = await Verifier().VerifyAsync(Good().SignEs256("key-1", _key), Ct);

        AssertUser(verdict);
    }

    [Fact]
    public async Task Verify_WhenSignedWithThePublishedRsaKey_Accepts()
    {
        using var rsa = RSA.Create(2048);
        _project.Publish("key-rsa", rsa);

        AssertUser(await Verifier().VerifyAsync(Good().SignRs256("key-rsa", rsa), Ct));
    }

    [Fact]
    public async Task Verify_WhenTheTokenNamesNoKey_TriesAllOfItsAlgorithm()
    {
        AssertUser(await Verifier().VerifyAsync(Good().SignEs256(keyId: null, _key), Ct));
    }

    [Fact]
    public async Task Verify_WhenCalledOften_FetchesTheKeySetOnce()
    {
        var verifier = Verifier();

        for (var i = 0; i < 20; i++)
            AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));

        Assert.Equal(1, _project.KeySetRequests);
    }

    [Fact]
    public async Task Verify_WhenTheKeyWasRotated_FetchesTheNewKeySet()
    {
        var verifier = Verifier();
        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _project.Publish("key-2", next);
        _time.Advance(TimeSpan.FromSeconds(11));

        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-2", next), Ct));
        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
        Assert.Equal(2, _project.KeySetRequests);
    }

    [Fact]
    public async Task Verify_WhenTokensNameUnknownKeys_FetchesAtALimitedRate()
    {
        var verifier = Verifier();
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        for (var i = 0; i < 20; i++)
            AssertRejected(await verifier.VerifyAsync(Good().SignEs256($"made-up-{i}", stranger), Ct));

        Assert.Equal(1, _project.KeySetRequests);
    }

    [Fact]
    public async Task Verify_WhenAKeyIsWithdrawn_StopsAcceptingItAfterTheKeySetsLifetime()
    {
        var verifier = Verifier();
        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
        _project.Withdraw("key-1");
        _time.Advance(TimeSpan.FromMinutes(10));

        AssertRejected(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectGoesDown_GoesOnWithTheKnownKeys()
    {
        var verifier = Verifier();
        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
        _project.IsDown = true;
        _time.Advance(TimeSpan.FromMinutes(15));

        AssertUser(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectWasNeverReached_IsUnavailable()
    {
        _project.IsDown = true;

        Assert.IsType<TokenVerdict.Unavailable>(await Verifier().VerifyAsync(Good().SignEs256("key-1", _key), Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectIsTooSlow_IsUnavailable()
    {
        _project.Gate = Task.Delay(Timeout.InfiniteTimeSpan, Ct);
        var verifier = Verifier(patience: TimeSpan.FromMilliseconds(50));
        var asked = Good().SignHs256(Secret);
        _project.KnownTokens[asked] = User;

        Assert.IsType<TokenVerdict.Unavailable>(await verifier.VerifyAsync(Good().SignEs256("key-1", _key), Ct));
        Assert.IsType<TokenVerdict.Unavailable>(await verifier.VerifyAsync(asked, Ct));
    }

    [Fact]
    public async Task Verify_WhenManyAskWhileTheProjectIsSlow_AsksItOnce()
    {
        var gate = new TaskCompletionSource();
        _project.Gate = gate.Task;
        var verifier = Verifier();
        var token = Good().SignEs256("key-1", _key);

        var verdicts = Enumerable.Range(0, 10).Select(_ => verifier.VerifyAsync(token, Ct).AsTask()).ToList();
        gate.SetResult();

        Assert.All(await Task.WhenAll(verdicts), AssertUser);
        Assert.Equal(1, _project.KeySetRequests);
    }

    [Fact]
    public async Task Verify_WhenSignedWithTheSharedSecret_Accepts()
    {
        AssertUser(await Verifier(Secret).VerifyAsync(Good().SignHs256(Secret), Ct));
        AssertRejected(await Verifier(Secret).VerifyAsync(Good().SignHs256("another-secret-of-at-least-32-characters"), Ct));
        Assert.Equal(0, _project.UserRequests);
    }

    /// <summary>The public key is public: taken as an HMAC secret it would let anybody sign.</summary>
    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public async Task Verify_WhenThePublicKeyIsUsedAsASecret_Rejects(string? secret)
    {
        _project.PublishSecret("key-oct", "published by mistake, 32 bytes!!"u8.ToArray());
        var pem = System.Text.Encoding.ASCII.GetBytes(_key.ExportSubjectPublicKeyInfoPem());

        AssertRejected(await Verifier(secret).VerifyAsync(Good().SignHs256("key-1", pem), Ct));
        AssertRejected(await Verifier(secret).VerifyAsync(Good().SignHs256("key-oct", "published by mistake, 32 bytes!!"u8.ToArray()), Ct));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS384")]
    [InlineData("ES384")]
    [InlineData("PS256")]
    [InlineData("")]
    public async Task Verify_WhenTheAlgorithmIsNotAccepted_Rejects(string algorithm)
    {
        AssertRejected(await Verifier(Secret).VerifyAsync(Good().Sign(algorithm, "key-1", _ => []), Ct));
        AssertRejected(await Verifier(Secret).VerifyAsync(Good().Sign(algorithm, "key-1", d => _key.SignData(d, HashAlgorithmName.SHA256)), Ct));
    }

    [Fact]
    public async Task Verify_WhenTheSignatureIsCutOffOrChanged_Rejects()
    {
        var token = Good().SignEs256("key-1", _key);
        var verifier = Verifier();

        AssertRejected(await verifier.VerifyAsync(token[..(token.LastIndexOf('.') + 1)], Ct));
        AssertRejected(await verifier.VerifyAsync(token[..^8] + "AAAAAAAA", Ct));
    }

    [Theory]
    [InlineData("iss", "\"https://elsewhere.example/auth/v1\"")]
    [InlineData("iss", "null")]
    [InlineData("aud", "\"anon\"")]
    [InlineData("aud", "[\"other\"]")]
    [InlineData("aud", "null")]
    [InlineData("sub", "\"not-a-uuid\"")]
    [InlineData("sub", "\"00000000-0000-0000-0000-000000000000\"")]
    [InlineData("sub", "7")]
    [InlineData("exp", "null")]
    [InlineData("exp", "\"soon\"")]
    [InlineData("exp", "1e300")]
    [InlineData("exp", "1769860800")] // exactly now
    [InlineData("nbf", "1769864400")]
    [InlineData("role", "\"anon\"")]
    [InlineData("role", "\"service_role\"")]
    public async Task Verify_WhenAClaimIsWrong_Rejects(string claim, string json)
    {
        var token = Good().With(claim, System.Text.Json.Nodes.JsonNode.Parse(json)).SignHs256(Secret);

        AssertRejected(await Verifier(Secret).VerifyAsync(token, Ct));
    }

    [Fact]
    public async Task Verify_WhenTheAudienceIsAList_AcceptsIfItNamesUsers()
    {
        var token = Good().With("aud", new System.Text.Json.Nodes.JsonArray("other", "authenticated")).SignHs256(Secret);

        AssertUser(await Verifier(Secret).VerifyAsync(token, Ct));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("..")]
    [InlineData("a.b.c")]
    [InlineData("e30.e30.")]
    [InlineData("a.b.c.d.e")]
    [InlineData("sb_secret_abcdefghijklmnop")]
    public async Task Verify_WhenItIsNoToken_Rejects(string text) => AssertRejected(await Verifier(Secret).VerifyAsync(text, Ct));

    [Fact]
    public async Task Verify_WhenItIsHuge_RejectsWithoutReadingIt()
    {
        AssertRejected(await Verifier(Secret).VerifyAsync(Good().With("x", new string('x', 100_000)).SignHs256(Secret), Ct));
    }

    [Fact]
    public async Task Verify_WhenNoSecretIsSet_AsksTheProjectAndRemembersForAMinute()
    {
        var token = Good().SignHs256(Secret);
        _project.KnownTokens[token] = User;
        var verifier = Verifier();

        AssertUser(await verifier.VerifyAsync(token, Ct));
        AssertUser(await verifier.VerifyAsync(token, Ct));
        Assert.Equal(1, _project.UserRequests);
        Assert.Equal("service-key", _project.LastApiKey);

        _project.KnownTokens.Clear(); // signed out
        _time.Advance(TimeSpan.FromSeconds(61));
        AssertRejected(await verifier.VerifyAsync(token, Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectVouchedForIt_StillEndsAtItsTime()
    {
        var token = TestToken.For(User, _project.Issuer, _time.GetUtcNow().AddSeconds(20)).SignHs256(Secret);
        _project.KnownTokens[token] = User;
        var verifier = Verifier();
        AssertUser(await verifier.VerifyAsync(token, Ct));

        _time.Advance(TimeSpan.FromSeconds(20));

        AssertRejected(await verifier.VerifyAsync(token, Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectNamesAnotherUser_Rejects()
    {
        var token = Good().SignHs256(Secret);
        _project.KnownTokens[token] = Guid.NewGuid();

        AssertRejected(await Verifier().VerifyAsync(token, Ct));
    }

    [Fact]
    public async Task Verify_WhenTheProjectGivesNoAnswerOnce_AsksAgain()
    {
        var token = Good().SignHs256(Secret);
        _project.KnownTokens[token] = User;
        _project.IsDown = true;
        var verifier = Verifier();
        Assert.IsType<TokenVerdict.Unavailable>(await verifier.VerifyAsync(token, Ct));

        _project.IsDown = false;

        AssertUser(await verifier.VerifyAsync(token, Ct));
    }

    private TestToken Good() => TestToken.For(User, _project.Issuer, _time.GetUtcNow().AddHours(1));

    private SupabaseTokenVerifier Verifier(string? secret = null, TimeSpan? patience = null)
    {
        var options = new SupabaseAuthOptions(_project.Url, secret, "service-key") { Patience = patience ?? TimeSpan.FromSeconds(30) };
        var http = new SupabaseHttpClient(options);
        var keyRing = new JwksKeyRing(http, options, _time, NullLogger<JwksKeyRing>.Instance);
        _owned.AddRange([keyRing, http]);
        return new SupabaseTokenVerifier(
            options, keyRing, new SupabaseUserCheck(http, options, _time, NullLogger<SupabaseUserCheck>.Instance), _time);
    }

    private static void AssertUser(TokenVerdict verdict) => Assert.Equal(User, Assert.IsType<TokenVerdict.Accepted>(verdict).User.Id);

    private static void AssertRejected(TokenVerdict verdict) => Assert.IsType<TokenVerdict.Rejected>(verdict);
}
