using Recado.Protocol.Crypto;
using Recado.Protocol.Signal;

namespace Recado.Protocol.Messages;

/// <summary>The random padding that hides the length of short messages from the service: n bytes of value n, n from 1 to 16.</summary>
public static class MessagePadding
{
    private const int MaxLength = 16;

    /// <summary>The message with 1 to 16 bytes of padding. Draws one byte.</summary>
    public static byte[] Pad(ReadOnlySpan<byte> message, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> choice = stackalloc byte[1];
        random.Fill(choice);
        var count = (choice[0] % MaxLength) + 1;

        var padded = new byte[message.Length + count];
        message.CopyTo(padded);
        padded.AsSpan(message.Length).Fill((byte)count);
        return padded;
    }

    /// <summary>The message without its padding, as a window over <paramref name="padded"/>.</summary>
    /// <exception cref="SignalException"><see cref="SignalError.BadPadding"/>: empty, or not padded by the rule.</exception>
    public static ReadOnlySpan<byte> Unpad(ReadOnlySpan<byte> padded)
    {
        if (padded.IsEmpty)
            throw SignalException.Of(SignalError.BadPadding);

        var count = padded[^1];
        if (count is 0 or > MaxLength || count > padded.Length || padded[^count..].ContainsAnyExcept(count))
            throw SignalException.Of(SignalError.BadPadding);

        return padded[..^count];
    }
}
