using System.Globalization;
using System.Text;

namespace Recado.Bench.Compare;

/// <summary>One line of the result: less is better on both sides.</summary>
/// <param name="Ratio">Baileys' figure divided by ours.</param>
internal sealed record Row(string Name, string Unit, double Ours, double Baileys, string? Aim)
{
    public double Ratio => Baileys / Ours;
}

/// <summary>Rows as a Markdown table.</summary>
internal static class Table
{
    public static string Format(IEnumerable<Row> rows)
    {
        var text = new StringBuilder()
            .AppendLine("| | unit | Recado | Baileys | ratio | aim |")
            .AppendLine("|---|---|--:|--:|--:|---|");
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {row.Name} | {row.Unit} | {Figure(row.Ours)} | {Figure(row.Baileys)} | {Figure(row.Ratio)}× | {row.Aim} |");
        }

        return text.ToString();
    }

    /// <summary>Three digits that count.</summary>
    private static string Figure(double value) => value switch
    {
        >= 100 => value.ToString("#,##0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
