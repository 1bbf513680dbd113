using BenchmarkDotNet.Attributes;

namespace Recado.Bench.Micro;

[MemoryDiagnoser]
public class CurveBenchmarks
{
    private readonly Curves _curves = new();

    [Benchmark]
    public byte[] XEdDsaSign() => _curves.Sign();

    [Benchmark]
    public bool XEdDsaVerify() => _curves.Verify();

    [Benchmark]
    public byte[] X25519Agree() => _curves.Agree();
}

[MemoryDiagnoser]
public class RatchetBenchmarks
{
    private readonly Conversation _conversation = new();

    [Benchmark]
    public byte[] Encrypt() => _conversation.Encrypt();

    [Benchmark]
    public byte[] Decrypt() => _conversation.Decrypt();

    [Benchmark]
    public byte[] DecryptWithStep() => _conversation.DecryptWithStep();
}

[MemoryDiagnoser]
public class HandshakeBenchmarks
{
    private readonly Handshake _handshake = new();

    [Benchmark]
    public void Initiator() => _handshake.Run();
}
