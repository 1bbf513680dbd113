using System.Text;

namespace Recado.Protocol.Binary;

public sealed partial class Node
{
    /// <summary>The node as XML-like text, byte contents by their length only. Holds phone numbers and texts: log it at Trace level at most.</summary>
    public override string ToString() => AppendTo(new StringBuilder()).ToString();

    private StringBuilder AppendTo(StringBuilder xml)
    {
        xml.Append('<').Append(Tag);
        foreach (var attribute in _attributes)
        {
            xml.Append(' ').Append(attribute.Key).Append("=\"");
            AppendEscaped(xml, attribute.Value).Append('"');
        }

        if (_content is null)
            return xml.Append("/>");

        xml.Append('>');
        switch (_content)
        {
            case Node[] children:
                foreach (var child in children)
                    child.AppendTo(xml);
                break;
            case byte[] bytes:
                xml.Append("<!-- ").Append(bytes.Length).Append(bytes.Length == 1 ? " byte -->" : " bytes -->");
                break;
            default:
                AppendEscaped(xml, Text);
                break;
        }

        return xml.Append("</").Append(Tag).Append('>');
    }

    private static StringBuilder AppendEscaped(StringBuilder xml, string text)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '&' => xml.Append("&amp;"),
                '<' => xml.Append("&lt;"),
                '"' => xml.Append("&quot;"),
                < ' ' => xml.Append("&#").Append((int)c).Append(';'),
                _ => xml.Append(c),
            };
        }

        return xml;
    }
}
