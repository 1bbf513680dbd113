using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Signal;

/// <summary>
/// A receiving chain of message seeds: moves forward only, and keeps the seeds it passes over until their messages arrive.
/// Shared by sessions and sender keys. Works on values of the caller, who commits them on success.
/// </summary>
internal struct MessageChain(ByteString chainKey, uint index, SkippedSeeds? skipped)
{
    /// <summary>How far a message may be ahead, and how many passed-over seeds one chain keeps (the oldest go first).</summary>
    public const int MaxSkipped = 2000;

    public ByteString ChainKey { get; private set; } = chainKey;

    /// <summary>The number of the next message.</summary>
    public uint Index { get; private set; } = index;

    /// <summary>The passed-over seeds; absent when there are none.</summary>
    public SkippedSeeds? Skipped { get; private set; } = skipped;

    /// <summary>Writes the seed of message <paramref name="counter"/> and moves past it.</summary>
    public SignalError? Seek(uint counter, Span<byte> seed)
    {
        if (counter < Index)
            return TakeSkipped(counter, seed) ? null : SignalError.OldCounter;
        if (counter - Index > MaxSkipped || counter == uint.MaxValue)
            return SignalError.TooFarIntoFuture;

        Advance(counter, seed);
        return null;
    }

    private bool TakeSkipped(uint counter, Span<byte> seed)
    {
        var at = Skipped?.Indexes.IndexOf(counter) ?? -1;
        if (at < 0)
            return false;

        var remaining = Skipped!.Clone();
        remaining.Seeds[at].Span.CopyTo(seed);
        remaining.Indexes.RemoveAt(at);
        remaining.Seeds.RemoveAt(at);
        Skipped = remaining.Indexes.Count > 0 ? remaining : null;
        return true;
    }

    private void Advance(uint counter, Span<byte> seed)
    {
        if (counter > Index)
            Skipped = WithRoomFor((int)(counter - Index));

        Span<byte> current = stackalloc byte[KeyDerivation.KeyLength];
        Span<byte> next = stackalloc byte[KeyDerivation.KeyLength];
        ChainKey.Span.CopyTo(current);
        for (; ; Index++)
        {
            KeyDerivation.ChainStep(current, seed, next);
            next.CopyTo(current);
            if (Index == counter)
                break;

            Skipped!.Indexes.Add(Index);
            Skipped.Seeds.Add(ByteString.CopyFrom(seed));
        }

        Index++;
        ChainKey = ByteString.CopyFrom(current);
        CryptographicOperations.ZeroMemory(current);
        CryptographicOperations.ZeroMemory(next);
    }

    private readonly SkippedSeeds WithRoomFor(int incoming)
    {
        var copy = new SkippedSeeds();
        if (Skipped is null)
            return copy;

        var drop = Math.Max(0, Skipped.Indexes.Count + incoming - MaxSkipped);
        copy.Indexes.AddRange(Skipped.Indexes.Skip(drop));
        copy.Seeds.AddRange(Skipped.Seeds.Skip(drop));
        return copy;
    }
}
