using System.Buffers.Binary;
using Microsoft.Extensions.Time.Testing;
using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Noise;

public sealed class CertificateTests
{
    private static readonly CertificateFile File = VectorFile.Load<CertificateFile>("noise/cert-chain-cases.json");

    private static readonly CertificateVerifier Verifier = new(File.Root, HandshakeVector.Clock);

    /// <summary>What each refusal must tell the user.</summary>
    private static readonly Dictionary<string, string> Reasons = new(StringComparer.Ordinal)
    {
        ["intermediate issuerSerial 5"] = "the intermediate names issuer 5, but the root is 0",
        ["leaf signed by root instead of intermediate"] = "the leaf was not signed by the intermediate",
        ["intermediate signed by itself"] = "the intermediate was not signed by the root",
        ["both expired (notAfter 2)"] = "the intermediate expired on 1970-01-01 00:00:02Z",
        ["validity absent"] = "the intermediate expired on 1970-01-01 00:00:00Z",
        ["leaf key differs from server static"] = "the leaf certifies another key than the one the server uses",
        ["leaf issuerSerial differs from intermediate serial"] = "the leaf names issuer 99, but the intermediate is 1",
    };

    public static TheoryData<string> Cases => [.. File.Cases.Select(c => c.Name)];

    [Theory, MemberData(nameof(Cases))]
    public void Verify_WhenGivenAVector_DecidesAsItSays(string name)
    {
        var chain = File.Cases.Single(c => c.Name == name);

        var refusal = Record.Exception(() => Verifier.Verify(chain.Bytes, File.ServerStatic));

        if (chain.Whatsmeow == "accept")
        {
            Assert.Null(refusal);
            return;
        }

        var error = Assert.IsType<ProtocolException>(refusal);
        Assert.Equal(ProtocolError.CertificateRejected, error.Error);
        Assert.Contains(Reasons[name], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_WhenAnyByteIsFlippedOrMissing_Refuses()
    {
        var valid = File.Cases.Single(c => c.Name == "valid").Bytes;

        Assert.All(Mutilations.Of(valid), changed =>
            Assert.Equal(ProtocolError.CertificateRejected, Assert.Throws<ProtocolException>(() => Verifier.Verify(changed, File.ServerStatic)).Error));
    }

    [Theory]
    [InlineData(-1, "is valid from")]
    [InlineData(0, null)]
    [InlineData(3600, null)]
    [InlineData(3601, "expired on")]
    public void Verify_WhenTheClockMoves_KeepsToTheValidityInclusively(int seconds, string? reason)
    {
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var random = new SeededRandom(1);
        var server = KeyPair.Generate(random);
        var authority = CertificateAuthority.Create(random, start, start.AddHours(1));
        var verifier = new CertificateVerifier(authority.RootPublicKey, new FakeTimeProvider(start.AddSeconds(seconds)));
        var chain = authority.IssueChain(server.PublicKey, random);

        var refusal = Record.Exception(() => verifier.Verify(chain, server.PublicKey));

        Assert.Equal(reason is null, refusal is null);
        Assert.Contains(reason ?? "", refusal?.Message ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void IssueChain_WhenTheAuthorityWasRestored_IsTrustedUnderTheSameRoot()
    {
        var random = new SeededRandom(2);
        var server = KeyPair.Generate(random);
        var now = HandshakeVector.Clock.GetUtcNow();
        var authority = CertificateAuthority.Create(random, now.AddDays(-1), now.AddDays(1));

        var restored = CertificateAuthority.Import(authority.Export());
        new CertificateVerifier(authority.RootPublicKey, HandshakeVector.Clock).Verify(restored.IssueChain(server.PublicKey, random), server.PublicKey);

        Assert.Equal(authority.RootPublicKey.ToArray(), restored.RootPublicKey.ToArray());
        Assert.Throws<FormatException>(() => CertificateAuthority.Import(authority.Export().AsSpan(1)));
    }

    /// <summary>The details our authority signs are those of the vector, whose chain every known client accepts.</summary>
    [Fact]
    public void IssueChain_WhenItHasTheKeysOfTheVector_DescribesThemInItsBytes()
    {
        var vector = HandshakeVector.Instance;
        byte[] state = [.. vector.Keys.Root.Priv, .. vector.Keys.Intermediate.Priv, .. BigEndian(vector.CertChain.NotBefore), .. BigEndian(vector.CertChain.NotAfter)];

        var chain = CertificateAuthority.Import(state).IssueChain(vector.Keys.ServerStatic.Pub, new SeededRandom(3));

        Assert.NotEqual(-1, chain.AsSpan().IndexOf(vector.CertChain.LeafDetails));
        Assert.NotEqual(-1, chain.AsSpan().IndexOf(vector.CertChain.IntermediateDetails));
        Assert.Equal(vector.CertChain.Bytes.Length, chain.Length);
        Assert.True(XEdDsa.Verify(vector.Keys.Root.Pub, vector.CertChain.IntermediateDetails, vector.CertChain.IntermediateSignature));
        Assert.True(XEdDsa.Verify(vector.Keys.Intermediate.Pub, vector.CertChain.LeafDetails, vector.CertChain.LeafSignature));
    }

    private static byte[] BigEndian(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, value);
        return bytes;
    }

    private sealed record CertificateFile(string Description, byte[] Root, byte[] ServerStatic, IReadOnlyList<CertificateCase> Cases);

    private sealed record CertificateCase(string Name, string Whatsmeow, string Baileys, byte[] Bytes);
}
