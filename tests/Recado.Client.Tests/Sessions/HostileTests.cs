using System.IO.Compression;
using Recado.Client.Events;
using Recado.Client.Stores;
using Recado.Protocol.Framing;
using Recado.Protocol.Noise;
using Recado.Simulator;

namespace Recado.Client.Tests.Sessions;

public sealed class HostileTests
{
    private static readonly Dictionary<string, Func<NoiseTransport, byte[]>> Attacks = new()
    {
        ["a frame under a wrong key"] = _ => FrameEncoder.Encode(new byte[64]),
        ["a frame too short for its tag"] = _ => FrameEncoder.Encode([1, 2, 3]),
        ["an empty packet"] = noise => Frame(noise, []),
        ["a node that ends early"] = noise => Frame(noise, [0, 0xf8, 5, 3]),
        ["a list whose size lies"] = noise => Frame(noise, [0, 0xf9, 0xff, 0xff, 3]),
        ["bytes behind the node"] = noise => Frame(noise, [0, 0xf8, 1, 3, 9, 9]),
        ["a node 10,000 deep"] = noise =>
            Frame(noise, [0, .. Enumerable.Repeat<byte[]>([0xf8, 2, 3, 0xf8, 1], 10_000).SelectMany(level => level)]),
        ["a bomb of compressed zeros"] = noise => Frame(noise, [2, .. Compress(new byte[80 << 20])]),
        ["bytes that claim to be compressed"] = noise => Frame(noise, [2, 9, 9, 9]),
    };

    public static TheoryData<string> AttackNames => [.. Attacks.Keys];

    [Theory]
    [MemberData(nameof(AttackNames))]
    public async Task Read_WhenTheServiceBreaksTheProtocol_EndsThatConnectionAndTriesAnother(string attack)
    {
        var ct = TestContext.Current.CancellationToken;
        await using var service = await HostileService.StartAsync(Attacks[attack], ct);
        await using var session = new TestSession(
            new()
            {
                Endpoint = service.Url,
                RootKey = service.RootKey,
                ReconnectStep = TimeSpan.FromMilliseconds(1),
            },
            await PairedStoreAsync(ct));

        await session.Client.StartAsync(ct);

        var state = await session.WaitAsync<StateChanged>(ct, changed => changed.State == SessionState.Reconnecting);
        await service.CameBack.WaitAsync(TimeSpan.FromSeconds(30), ct);
        Assert.Equal(DisconnectReason.ProtocolViolation, state.Reason);
        Assert.NotNull(session.Client.PhoneNumberJid);
    }

    /// <summary>The records of a device that a simulator once linked.</summary>
    private static async Task<InMemoryDeviceStore> PairedStoreAsync(CancellationToken ct)
    {
        await using var simulator = await SimulatedService.StartAsync(ct: ct);
        await using var session = await TestSession.PairAsync(simulator, simulator.AddPhone("5511900000001"), ct);
        return session.Store;
    }

    private static byte[] Frame(NoiseTransport noise, byte[] packet) => FrameEncoder.Encode(noise.Encrypt(packet));

    private static byte[] Compress(byte[] bytes)
    {
        using var compressed = new MemoryStream();
        using (var zlib = new ZLibStream(compressed, CompressionLevel.SmallestSize))
            zlib.Write(bytes);
        return compressed.ToArray();
    }
}
