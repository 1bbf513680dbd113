using Google.Protobuf;

namespace Recado.Protocol.Proto;

/// <summary>The one place where bytes of others become protobuf messages.</summary>
internal static class Protobuf
{
    /// <summary>The message, or <see langword="null"/> when the bytes are not one; callers make that their own typed error.</summary>
    public static T? TryParse<T>(MessageParser<T> parser, ReadOnlySpan<byte> bytes)
        where T : class, IMessage<T>
    {
        try
        {
            return parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
