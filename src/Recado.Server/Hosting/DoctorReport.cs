using System.Text.Encodings.Web;
using System.Text.Json;

namespace Recado.Server.Hosting;

internal enum DoctorVerdict
{
    Ok,
    Warn,
    Fail,
}

/// <param name="Check">What was looked at.</param>
/// <param name="Detail">One sentence for the operator. Never a secret.</param>
internal sealed record DoctorFinding(string Check, DoctorVerdict Verdict, string Detail);

/// <param name="Key">The id of a key.</param>
/// <param name="Position">Its place in <c>SESSION_ENCRYPTION_KEY</c>, from 1; null when it is not there.</param>
/// <param name="Rows">How many rows of each sort it encrypts.</param>
internal sealed record DoctorKey(string Key, int? Position, IReadOnlyDictionary<string, long> Rows);

/// <summary>What <c>recado doctor</c> has found.</summary>
internal sealed class DoctorReport
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    private readonly List<DoctorFinding> _findings = [];

    public IReadOnlyList<DoctorFinding> Findings => _findings;

    public IReadOnlyList<DoctorKey> Keys { get; set; } = [];

    public bool IsSound => _findings.TrueForAll(finding => finding.Verdict != DoctorVerdict.Fail);

    public void Add(string check, DoctorVerdict verdict, string detail) => _findings.Add(new DoctorFinding(check, verdict, detail));

    public void Print(TextWriter console, bool isJson)
    {
        if (isJson)
        {
            var checks = _findings.Select(f => new { f.Check, Status = Name(f.Verdict), f.Detail });
            console.WriteLine(JsonSerializer.Serialize(new { Sound = IsSound, Checks = checks, Keys }, Json));
            return;
        }

        foreach (var finding in _findings)
            console.WriteLine($"{Name(finding.Verdict),-4}  {finding.Check,-10}  {finding.Detail}");
        console.WriteLine(IsSound ? "All is well." : "Something is wrong; see the lines that begin with fail.");
    }

    private static string Name(DoctorVerdict verdict) => verdict switch
    {
        DoctorVerdict.Ok => "ok",
        DoctorVerdict.Warn => "warn",
        _ => "fail",
    };
}
