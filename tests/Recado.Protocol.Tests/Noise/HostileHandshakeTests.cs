using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;

namespace Recado.Protocol.Tests.Noise;

/// <summary>A handshake message that was changed, cut or moved never gets anywhere, and fails in the one way callers expect.</summary>
public sealed class HostileHandshakeTests
{
    private static readonly HandshakeVector Vector = HandshakeVector.Instance;

    [Fact]
    public void ReadServerHello_WhenAnyByteIsFlippedOrMissing_Refuses() => AssertAllRefused(Mutilations.Of(Vector.Messages.ServerHello), ReadServerHello);

    [Fact]
    public void ReadClientFinish_WhenAnyByteIsFlippedOrMissing_Refuses() => AssertAllRefused(Mutilations.Of(Vector.Messages.ClientFinish), ReadClientFinish);

    /// <summary>The first message is not authenticated by itself: a changed key shows in the answer at the latest.</summary>
    [Fact]
    public void Handshake_WhenAnyByteOfTheClientHelloIsFlippedOrMissing_Fails() => AssertAllRefused(Mutilations.Of(Vector.Messages.ClientHello), changed =>
    {
        using var client = Vector.CreateInitiator();
        using var server = Vector.CreateResponder();
        client.WriteClientHello();
        client.ReadServerHello(server.ReadClientHello(changed), []);
    });

    [Fact]
    public void Decrypt_WhenAnyByteIsFlippedOrMissing_RefusesAndStaysInStep()
    {
        var (client, server) = Connect();
        using (client)
        using (server)
        {
            var body = client.Encrypt([1, 2, 3]);

            AssertAllRefused(Mutilations.Of(body), changed => server.Decrypt(changed), ProtocolError.Tampered);
            Assert.Equal([1, 2, 3], server.Decrypt(body));
        }
    }

    [Fact]
    public void Decrypt_WhenFramesAreRepeatedOrReordered_Refuses()
    {
        var (client, server) = Connect();
        using (client)
        using (server)
        {
            var (first, second) = (client.Encrypt([1]), client.Encrypt([2]));

            AssertAllRefused([second], body => server.Decrypt(body), ProtocolError.Tampered);
            server.Decrypt(first);
            AssertAllRefused([first], body => server.Decrypt(body), ProtocolError.Tampered);
            AssertAllRefused([second], body => client.Decrypt(body), ProtocolError.Tampered);
        }
    }

    [Fact]
    public void ReadServerHello_WhenTheEphemeralKeyHasLowOrder_Refuses()
    {
        byte[] changed = [.. Vector.Messages.ServerHello];
        changed.AsSpan().Slice(changed.AsSpan().IndexOf(Vector.Keys.ServerEphemeral.Pub), X25519.KeyLength).Clear();

        AssertAllRefused([changed], ReadServerHello, ProtocolError.InvalidKey);
    }

    [Fact]
    public void ReadServerHello_WhenItIsAnotherMessage_Refuses() =>
        AssertAllRefused([Vector.Messages.ClientHello, Vector.Messages.ClientFinish, []], ReadServerHello, ProtocolError.MalformedHandshake);

    [Fact]
    public void ReadServerHello_WhenTheRootIsAnother_RefusesWithTheReason()
    {
        var verifier = new CertificateVerifier(CertificateVerifier.WhatsAppRoot, HandshakeVector.Clock);
        using var client = new NoiseInitiator(Vector.Keys.ClientNoiseStatic.ToKeyPair(), Vector.Keys.ClientEphemeral.ToKeyPair(), verifier);
        client.WriteClientHello();

        var error = Assert.Throws<ProtocolException>(() => client.ReadServerHello(Vector.Messages.ServerHello, []));

        Assert.Equal(ProtocolError.CertificateRejected, error.Error);
        Assert.Contains("the intermediate was not signed by the root", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_WhenTheHandshakeFailed_IsOutOfReach()
    {
        using var client = Vector.CreateInitiator();
        client.WriteClientHello();
        Assert.Throws<ProtocolException>(() => client.ReadServerHello([], []));

        Assert.Throws<InvalidOperationException>(() => client.ReadServerHello(Vector.Messages.ServerHello, []));
        Assert.Throws<InvalidOperationException>(client.Split);
    }

    [Fact]
    public void Calls_WhenOutOfOrder_BlameTheCaller()
    {
        using var client = Vector.CreateInitiator();
        using var server = Vector.CreateResponder();

        Assert.Throws<InvalidOperationException>(() => client.ReadServerHello(Vector.Messages.ServerHello, []));
        Assert.Throws<InvalidOperationException>(() => server.ReadClientFinish(Vector.Messages.ClientFinish));
        Assert.Throws<InvalidOperationException>(server.Split);
    }

    private static void ReadServerHello(byte[] message)
    {
        using var client = Vector.CreateInitiator();
        client.WriteClientHello();
        client.ReadServerHello(message, []);
    }

    private static void ReadClientFinish(byte[] message)
    {
        using var server = Vector.CreateResponder();
        server.ReadClientHello(Vector.Messages.ClientHello);
        server.ReadClientFinish(message);
    }

    private static (NoiseTransport Client, NoiseTransport Server) Connect()
    {
        using var client = Vector.CreateInitiator();
        using var server = Vector.CreateResponder();
        server.ReadClientFinish(client.ReadServerHello(server.ReadClientHello(client.WriteClientHello()), []));
        return (client.Split(), server.Split());
    }

    private static void AssertAllRefused(IEnumerable<byte[]> messages, Action<byte[]> read, ProtocolError? error = null) => Assert.All(messages, message =>
    {
        var refusal = Assert.Throws<ProtocolException>(() => read(message));
        Assert.Equal(error ?? refusal.Error, refusal.Error);
    });
}
