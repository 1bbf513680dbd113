using Recado.Protocol.Binary;

namespace Recado.Bench.Compare;

/// <summary>Single operations on our side, under the names of <c>baileys/operations.mjs</c>, measured in the same way.</summary>
internal static class Operations
{
    public static IReadOnlyDictionary<string, Action> All { get; } = Create();

    /// <summary>Calls an operation for about that long; the processor time of one call, in nanoseconds.</summary>
    public static double Measure(string operation, int milliseconds)
    {
        var run = All[operation];
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        var before = Environment.CpuUsage.TotalTime;
        var calls = 0;
        do
        {
            for (var i = 0; i < 16; i++)
                run();

            calls += 16;
        }
        while (time.GetElapsedTime(start).TotalMilliseconds < milliseconds);

        return (Environment.CpuUsage.TotalTime - before).TotalNanoseconds / calls;
    }

    private static Dictionary<string, Action> Create()
    {
        var operations = new Dictionary<string, Action>();
        foreach (var (name, node) in Samples.All)
        {
            var bytes = NodeCodec.Encode(node);
            operations[$"encode {name}"] = () => NodeCodec.Encode(node);
            operations[$"decode {name}"] = () => NodeCodec.Decode(bytes);
        }

        var curves = new Curves();
        operations["XEdDSA sign"] = () => curves.Sign();
        operations["XEdDSA verify"] = () => curves.Verify();
        operations["X25519 agree"] = () => curves.Agree();

        var conversation = new Conversation();
        operations["ratchet encrypt"] = () => conversation.Encrypt();
        operations["ratchet decrypt"] = () => conversation.Decrypt();
        operations["ratchet decrypt, DH step"] = () => conversation.DecryptWithStep();

        var group = new GroupConversation();
        operations["sender key encrypt"] = () => group.Encrypt();
        operations["sender key decrypt"] = () => group.Decrypt();

        operations["Noise handshake"] = new Handshake().Run;
        return operations;
    }
}
