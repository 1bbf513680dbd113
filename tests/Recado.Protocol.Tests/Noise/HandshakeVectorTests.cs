using Recado.Protocol.Crypto;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;

namespace Recado.Protocol.Tests.Noise;

/// <summary>Both sides of the handshake, bit for bit.</summary>
public sealed class HandshakeVectorTests
{
    private static readonly HandshakeVector Vector = HandshakeVector.Instance;

    [Fact]
    public void Initiator_WhenItHasTheKeysOfTheVector_WritesItsMessages()
    {
        using var client = Vector.CreateInitiator();

        var hello = client.WriteClientHello();
        var finish = client.ReadServerHello(Vector.Messages.ServerHello, Vector.ClientPayloadPlaintext);

        Assert.Equal(Vector.Messages.ClientHello, hello);
        Assert.Equal(Vector.Messages.ClientFinish, finish);
    }

    [Fact]
    public void Responder_WhenItHasTheKeysOfTheVector_WritesItsMessageAndLearnsTheClients()
    {
        using var server = Vector.CreateResponder();

        var hello = server.ReadClientHello(Vector.Messages.ClientHello);
        var finish = server.ReadClientFinish(Vector.Messages.ClientFinish);

        Assert.Equal(Vector.Messages.ServerHello, hello);
        Assert.Equal(Vector.Keys.ClientNoiseStatic.Pub, finish.StaticKey);
        Assert.Equal(Vector.ClientPayloadPlaintext, finish.Payload);
    }

    [Fact]
    public void Transport_WhenTheHandshakeIsThatOfTheVector_CarriesItsFrames()
    {
        using var client = Vector.CreateInitiator();
        using var server = Vector.CreateResponder();
        var finish = client.ReadServerHello(server.ReadClientHello(client.WriteClientHello()), Vector.ClientPayloadPlaintext);
        server.ReadClientFinish(finish);
        using var fromClient = client.Split();
        using var fromServer = server.Split();

        foreach (var frame in Vector.TransportFrames)
        {
            var (sender, receiver) = frame.Dir == "client->server" ? (fromClient, fromServer) : (fromServer, fromClient);
            var body = sender.Encrypt(frame.Plaintext);

            Assert.Equal(frame.Frame, FrameEncoder.Encode(body));
            Assert.Equal(frame.Plaintext, receiver.Decrypt(body));
        }
    }

    [Fact]
    public void Transport_WhenTheKeysAreThoseOfTheVector_EncryptsItsFrames()
    {
        using var toServer = new CipherState(Vector.Transport.ClientToServerKey);
        using var toClient = new CipherState(Vector.Transport.ServerToClientKey);

        foreach (var frame in Vector.TransportFrames)
        {
            var body = new byte[frame.Plaintext.Length + CipherState.TagLength];
            (frame.Dir == "client->server" ? toServer : toClient).Encrypt(frame.Plaintext, body, associatedData: []);

            Assert.Equal(frame.Frame[3..], body);
        }
    }

    /// <summary>Walks through every hash, secret and ciphertext on the way.</summary>
    [Fact]
    public void SymmetricState_WhenItTakesTheStepsOfTheVector_PassesItsStates()
    {
        using var state = new SymmetricState(Vector.IntroHeader);

        foreach (var step in Vector.Steps.SkipWhile(s => s.Op != "mixHash(client ephemeral)"))
        {
            if (step.SharedSecret is { } secret)
                state.MixKey([.. secret]);
            else if (step.Plaintext is { } plaintext)
                AssertEncrypts(state, step, plaintext);
            else if (!step.Op.Contains("->", StringComparison.Ordinal)) // the hash of a ciphertext is part of the step before
                state.MixHash(step.Data);

            if (step.Hash is { } hash)
                Assert.Equal(hash, state.Hash.ToArray());
        }

        Assert.Equal(Vector.Transport.FinalHash, state.Hash.ToArray());
    }

    [Fact]
    public void Agree_WhenGivenTheKeysOfTheVector_GivesItsSecrets()
    {
        var keys = Vector.Keys;
        var secrets = Vector.Steps.Select(s => s.SharedSecret).OfType<byte[]>().ToArray();

        Assert.Equal(
            [
                X25519.Agree(keys.ClientEphemeral.Priv, keys.ServerEphemeral.Pub),
                X25519.Agree(keys.ClientEphemeral.Priv, keys.ServerStatic.Pub),
                X25519.Agree(keys.ClientNoiseStatic.Priv, keys.ServerEphemeral.Pub),
            ],
            secrets);
        Assert.Equal(keys.Intermediate.Pub, keys.Intermediate.ToKeyPair().PublicKey);
    }

    [Fact]
    public void IntroHeader_WhenSentWithTheFirstFrame_HasTheBytesOfTheVector()
    {
        var frame = FrameEncoder.Encode(Vector.Messages.ClientHello);
        var routed = Vector.FirstWebSocketMessageWithRoutingInfo;

        Assert.Equal(Vector.IntroHeader, IntroHeader.Encode());
        Assert.Equal(Vector.FirstWebSocketMessageFromClient, IntroHeader.Encode().Concat(frame));
        Assert.Equal(routed.Bytes, IntroHeader.Encode(routed.RoutingInfo).Concat(frame));
        Assert.Equal(Vector.SecondWebSocketMessageFromClient, FrameEncoder.Encode(Vector.Messages.ClientFinish));
    }

    private static void AssertEncrypts(SymmetricState state, HandshakeOperation step, byte[] plaintext)
    {
        Assert.Equal(step.Aad, state.Hash.ToArray());
        Assert.Equal(step.Ciphertext, state.EncryptAndHash(plaintext));
    }
}
