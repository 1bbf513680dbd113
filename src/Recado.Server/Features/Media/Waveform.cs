using System.Buffers.Binary;

namespace Recado.Server.Features.Media;

/// <summary>The picture of a voice note's loudness that phones draw. Fed with samples of 16 bits, little-endian, 8 kHz, one channel.</summary>
internal sealed class Waveform
{
    public const int SampleRate = 8000;

    private const int Bars = 64, Loudest = 100, SamplesPerStep = SampleRate / 20;

    private readonly List<int> _steps = [];
    private long _sum;
    private int _count;

    public async Task ReadAsync(Stream samples, CancellationToken ct)
    {
        var buffer = new byte[16 * 1024];
        for (int filled = 0, count; (count = await samples.ReadAsync(buffer.AsMemory(filled), ct)) > 0;)
        {
            filled += count;
            var whole = filled & ~1;
            for (var i = 0; i < whole; i += 2)
                Add(BinaryPrimitives.ReadInt16LittleEndian(buffer.AsSpan(i)));

            buffer.AsSpan(whole, filled - whole).CopyTo(buffer);
            filled -= whole;
        }
    }

    /// <summary>64 values from 0 to 100, the loudest 100; null when nothing was heard.</summary>
    public byte[]? ToArray()
    {
        if (_steps.Count == 0)
            return null;

        var bars = new double[Bars];
        for (var bar = 0; bar < Bars; bar++)
        {
            var (from, to) = (bar * _steps.Count / Bars, Math.Max((bar + 1) * _steps.Count / Bars, (bar * _steps.Count / Bars) + 1));
            bars[bar] = _steps[from..to].Average();
        }

        var loudest = Math.Max(1, bars.Max());
        return [.. bars.Select(bar => (byte)Math.Round(bar / loudest * Loudest))];
    }

    private void Add(short sample)
    {
        _sum += Math.Abs((int)sample);
        if (++_count < SamplesPerStep)
            return;

        _steps.Add((int)(_sum / _count));
        (_sum, _count) = (0, 0);
    }
}
