namespace Recado.Interop.Tests.Shapes;

/// <summary>How our client asks for messages again, and sends them again, beside how a client does that is known to be understood.</summary>
public sealed class RetryShapeTests(RetryRun run) : IClassFixture<RetryRun>
{
    public static TheoryData<string> Recordings => [.. RetryRun.Recordings.Keys];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Retries_WhenComparedWithARecording_DifferOnlyWhereIntended(string name)
    {
        var (traces, isGroup) = RetryRun.Recordings[name];
        var recorded = StanzaCatalog.Of(RetryRun.Recorded(traces));
        var ours = StanzaCatalog.Of(run.Sent(isGroup));

        var differences = StanzaShape.Compare(recorded, ours).ToList();

        var intended = IntendedDifferences.For(name);
        Assert.True(
            intended.SetEquals(differences),
            $"""
            Without a reason in intended-differences.json: {string.Join("; ", differences.Except(intended))}
            With one, but no longer there: {string.Join("; ", intended.Except(differences))}
            """);
    }
}
