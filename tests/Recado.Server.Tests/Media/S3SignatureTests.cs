using System.Net.Http.Headers;
using Recado.Server.Features.Media;
using Recado.Server.Hosting;

namespace Recado.Server.Tests.Media;

/// <summary>The examples of Amazon's "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".</summary>
public sealed class S3SignatureTests
{
    private static readonly S3Settings Store = new(
        new Uri("https://examplebucket.s3.amazonaws.com"), "examplebucket", "us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");

    private static readonly DateTimeOffset Time = new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Sign_OfARangedGet_IsTheExamplesSignature()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/test.txt") { Headers = { Range = new RangeHeaderValue(0, 9) } };

        S3Signature.Sign(request, S3Signature.NoBody, Store, Time);

        Assert.Equal("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41", SignatureOf(request));
    }

    [Fact]
    public void Sign_OfAListing_IsTheExamplesSignature()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/?prefix=J&max-keys=2");

        S3Signature.Sign(request, S3Signature.NoBody, Store, Time);

        Assert.Equal("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7", SignatureOf(request));
    }

    [Fact]
    public void Sign_OfASubresource_IsTheExamplesSignature()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://examplebucket.s3.amazonaws.com/?lifecycle");

        S3Signature.Sign(request, S3Signature.NoBody, Store, Time);

        Assert.Equal("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", SignatureOf(request));
    }

    private static string SignatureOf(HttpRequestMessage request) => request.Headers.GetValues("Authorization").Single().Split("Signature=")[1];
}
