using Recado.Protocol.Crypto;

namespace Recado.Protocol.Tests;

/// <summary>Hands out recorded bytes in order. Fails when a draw has another length than the recording, or comes after its end.</summary>
internal sealed class ScriptedRandom(params IEnumerable<byte[]> draws) : IRandomSource
{
    private readonly Queue<byte[]> _draws = new(draws);

    public int Remaining => _draws.Count;

    public void Fill(Span<byte> destination)
    {
        var draw = _draws.Dequeue();
        Assert.Equal(draw.Length, destination.Length);
        draw.CopyTo(destination);
    }
}
