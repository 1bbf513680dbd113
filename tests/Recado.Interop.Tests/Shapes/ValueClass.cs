using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Interop.Tests.Shapes;

/// <summary>The kind of a value, for values that differ from run to run; constants of the protocol stand for themselves.</summary>
internal static class ValueClass
{
    /// <summary>Lengths that mean something: counters, key ids, registration ids, keys, signatures.</summary>
    private static readonly int[] FixedLengths = [1, 3, 4, 32, 64];

    /// <summary>The class of an attribute's value.</summary>
    public static string Of(string name, string value) => name switch
    {
        "id" or "sid" or "key" => "id",
        "name" or "hash" or "subject" => "text",
        _ when value is "s.whatsapp.net" or "@s.whatsapp.net" => "service",
        _ when value.Contains('@', StringComparison.Ordinal) && Jid.TryParse(value, out var jid) => OfJid(jid),
        _ when value.Length > 4 && value.All(char.IsAsciiDigit) => "number",
        _ => value,
    };

    /// <summary>The class of a node's content.</summary>
    public static string OfContent(Node node) => node.ContentKind switch
    {
        NodeContentKind.None or NodeContentKind.Nodes => "empty",
        NodeContentKind.Jid => "jid",
        _ when FixedLengths.Contains(node.Bytes.Length) => $"{node.Bytes.Length} bytes",
        _ => "bytes",
    };

    private static string OfJid(Jid jid) =>
        (jid.IsPhoneNumber ? "phone" : jid.IsLid ? "lid" : jid.Server) + (jid.Device == 0 ? "" : ":device");
}
