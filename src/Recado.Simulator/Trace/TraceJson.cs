using System.Text.Encodings.Web;
using System.Text.Json;
using Recado.Protocol.Binary;

namespace Recado.Simulator.Trace;

/// <summary>
/// Trace lines as JSON. A node is <c>{"tag","attrs","content"}</c>; content is absent, a string, a list of nodes, or bytes as
/// <c>{"b64"}</c>.
/// </summary>
internal static class TraceJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>One line with its line feed.</summary>
    public static byte[] Line(TraceEntry entry, DateTimeOffset start)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            json.WriteNumber("seq", entry.Sequence);
            json.WriteNumber("t_ms", (long)(entry.Time - start).TotalMilliseconds);
            json.WriteString("kind", entry is StanzaEntry ? "stanza" : "note");
            json.WriteString("conn", entry.Connection);
            switch (entry)
            {
                case StanzaEntry stanza:
                    json.WriteString("dir", stanza.Direction == TraceDirection.FromClient ? "c2s" : "s2c");
                    json.WritePropertyName("node");
                    Write(json, stanza.Node);
                    break;
                case NoteEntry note:
                    json.WriteString("note", note.Text);
                    if (note.IsViolation)
                        json.WriteBoolean("violation", value: true);
                    break;
            }

            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    private static void Write(Utf8JsonWriter json, Node node)
    {
        json.WriteStartObject();
        json.WriteString("tag", node.Tag);
        json.WriteStartObject("attrs");
        foreach (var attribute in node.Attributes)
        {
            json.WriteString(attribute.Key, attribute.Value);
        }

        json.WriteEndObject();
        switch (node.ContentKind)
        {
            case NodeContentKind.Nodes:
                json.WriteStartArray("content");
                foreach (var child in node.Children)
                {
                    Write(json, child);
                }

                json.WriteEndArray();
                break;
            case NodeContentKind.Bytes:
                json.WriteStartObject("content");
                json.WriteBase64String("b64", node.Bytes.Span);
                json.WriteEndObject();
                break;
            case NodeContentKind.Text or NodeContentKind.Jid:
                json.WriteString("content", node.Text);
                break;
        }

        json.WriteEndObject();
    }
}
