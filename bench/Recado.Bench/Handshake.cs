using System.Text.Json;
using Recado.Protocol.Crypto;
using Recado.Protocol.Noise;

namespace Recado.Bench;

/// <summary>The client's half of a Noise handshake, with the messages and keys of <c>vectors/noise/noise-handshake.json</c>.</summary>
internal sealed class Handshake
{
    private readonly KeyPair _static;
    private readonly KeyPair _ephemeral;
    private readonly byte[] _serverHello;
    private readonly byte[] _payload;
    private readonly CertificateVerifier _verifier;

    public Handshake()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Repository.Root, "vectors/noise/noise-handshake.json")));
        var vector = file.RootElement;
        var keys = vector.GetProperty("keys");

        _static = KeyPair.FromPrivateKey(Hex(keys, "clientNoiseStatic", "priv"));
        _ephemeral = KeyPair.FromPrivateKey(Hex(keys, "clientEphemeral", "priv"));
        _serverHello = Hex(vector, "messages", "serverHello");
        _payload = Hex(vector, "clientPayloadPlaintext");
        _verifier = new CertificateVerifier(Hex(keys, "root", "pub"), TimeProvider.System);
    }

    public void Run()
    {
        using var initiator = new NoiseInitiator(_static, _ephemeral, _verifier);
        initiator.WriteClientHello();
        initiator.ReadServerHello(_serverHello, _payload);
        initiator.Split().Dispose();
    }

    private static byte[] Hex(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            element = element.GetProperty(name);

        return Convert.FromHexString(element.GetString()!);
    }
}
