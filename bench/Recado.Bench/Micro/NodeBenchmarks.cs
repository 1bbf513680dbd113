using BenchmarkDotNet.Attributes;
using Recado.Protocol.Binary;

namespace Recado.Bench.Micro;

[MemoryDiagnoser]
public class NodeBenchmarks
{
    private Node _node = Samples.Receipt;
    private byte[] _bytes = [];

    [Params("receipt", "incoming", "outgoing")]
    public string Sample { get; set; } = "receipt";

    [GlobalSetup]
    public void Setup()
    {
        _node = Samples.All[Sample];
        _bytes = NodeCodec.Encode(_node);
    }

    [Benchmark]
    public byte[] Encode() => NodeCodec.Encode(_node);

    [Benchmark]
    public object Decode() => NodeCodec.Decode(_bytes);
}
