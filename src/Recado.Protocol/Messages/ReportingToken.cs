using System.Security.Cryptography;
using Google.Protobuf;
using Recado.Protocol.Binary;

namespace Recado.Protocol.Messages;

/// <summary>
/// Proves to the service, should the recipient report a message, that this was its content: 16 bytes of
/// <c>HMAC-SHA256(key, chosen fields of the message)</c>, the key from the message's secret, which only the two sides know.
/// </summary>
public static class ReportingToken
{
    private const string Use = "Report Token";
    private const string Version = "2";
    private const int Length = 16;

    /// <summary>The token of a message.</summary>
    /// <param name="message">The serialised message, not padded, and not in the form for own devices.</param>
    /// <param name="secret">The message's secret.</param>
    /// <param name="messageId">The message's id.</param>
    /// <param name="sender">The own name in this chat.</param>
    /// <param name="chat">The chat.</param>
    /// <exception cref="ProtocolException">The bytes are not a protobuf (<see cref="ProtocolError.MalformedPayload"/>).</exception>
    public static byte[] Compute(ReadOnlySpan<byte> message, ReadOnlySpan<byte> secret, string messageId, Jid sender, Jid chat) =>
        HMACSHA256.HashData(MessageSecret.Key(secret, messageId, sender, chat, Use), Extract(message))[..Length];

    /// <summary>The child of <c>message</c> that carries the token.</summary>
    public static Node ToNode(byte[] token) => Node.Of("reporting", new Node("reporting_token", [("v", Version)], token));

    /// <summary>The fields that count, sorted by number.</summary>
    internal static byte[] Extract(ReadOnlySpan<byte> message) => Extract(message, ReportedField.All);

    private static byte[] Extract(ReadOnlySpan<byte> message, IReadOnlyList<ReportedField> fields)
    {
        var kept = new List<(int Number, byte[] Bytes)>();
        var reader = new FieldReader(message);
        while (reader.TryRead(out var number, out var field, out var content))
        {
            if (fields.FirstOrDefault(f => f.Number == number) is not { } listed)
                continue;
            if (listed.Parts.Count == 0)
                kept.Add((number, field.ToArray()));
            else if (Extract(content, listed.Parts) is { Length: > 0 } parts)
                kept.Add((number, Encode(number, parts)));
        }

        return [.. kept.OrderBy(field => field.Number).SelectMany(field => field.Bytes)];
    }

    private static byte[] Encode(int number, byte[] content)
    {
        var encoded = new byte[CodedOutputStream.ComputeTagSize(number) + CodedOutputStream.ComputeLengthSize(content.Length) + content.Length];
        using var output = new CodedOutputStream(encoded);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteLength(content.Length);
        content.CopyTo(encoded.AsSpan((int)output.Position));
        return encoded;
    }

    /// <summary>Reads protobuf field by field without a schema: <c>varint(number &lt;&lt; 3 | wire type) content</c>.</summary>
    private ref struct FieldReader(ReadOnlySpan<byte> message)
    {
        private ReadOnlySpan<byte> _rest = message;

        public bool TryRead(out int number, out ReadOnlySpan<byte> field, out ReadOnlySpan<byte> content)
        {
            number = 0;
            field = content = default;
            if (_rest.IsEmpty)
                return false;

            var start = _rest;
            var tag = Varint();
            number = tag >> 3 is > 0 and <= int.MaxValue and var value ? (int)value : throw Malformed();
            content = (WireFormat.WireType)(tag & 7) switch
            {
                WireFormat.WireType.LengthDelimited => Take(Varint()),
                WireFormat.WireType.Fixed64 => Take(sizeof(ulong)),
                WireFormat.WireType.Fixed32 => Take(sizeof(uint)),
                WireFormat.WireType.Varint => SkipVarint(),
                _ => throw Malformed(),
            };
            field = start[..^_rest.Length];
            return true;
        }

        private ReadOnlySpan<byte> SkipVarint()
        {
            Varint();
            return default;
        }

        private ReadOnlySpan<byte> Take(ulong count)
        {
            if (count > (ulong)_rest.Length)
                throw Malformed();

            var taken = _rest[..(int)count];
            _rest = _rest[(int)count..];
            return taken;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (var shift = 0; shift < 64; shift += 7)
            {
                var next = Take(1)[0];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                    return value;
            }

            throw Malformed();
        }

        private static ProtocolException Malformed() => ProtocolException.MalformedPayload("The message to report is not a valid protobuf.");
    }
}
