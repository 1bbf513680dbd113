using Recado.Interop.Tests.Harness;
using Recado.Protocol.Binary;

namespace Recado.Interop.Tests.Shapes;

/// <summary>The stanzas of our client beside those of a client that the real service is known to accept.</summary>
public sealed class StanzaShapeTests(RecordedRun run) : IClassFixture<RecordedRun>
{
    public static TheoryData<string> Traces => [.. RecordedRun.Scenarios.Keys];

    [Theory]
    [MemberData(nameof(Traces))]
    public void Stanzas_WhenComparedWithARecording_DifferOnlyWhereIntended(string trace)
    {
        var recorded = StanzaCatalog.Of(StanzaCatalog.Recorded(trace, RecordedRun.Scenarios[trace]));
        var ours = StanzaCatalog.Of(run.SentIn(trace));

        var differences = StanzaShape.Compare(recorded, ours).Order(StringComparer.Ordinal).ToList();

        var intended = IntendedDifferences.For(trace);
        Assert.True(
            intended.SetEquals(differences),
            $"""
            Differences from {trace} that have no reason in intended-differences.json:
            {string.Join('\n', differences.Except(intended))}
            Differences that have one, but no longer exist:
            {string.Join('\n', intended.Except(differences))}
            """);
    }

    [Fact]
    public void Recordings_WhenListed_AreAllCompared()
    {
        var files = Directory.GetFiles(Repository.Path("vectors/traces"), "*.jsonl");

        Assert.Equal(RecordedRun.Scenarios.Keys.Concat(RetryRun.Recordings.Values.SelectMany(recording => recording.Traces)).Order(), files.Select(f => Path.GetFileNameWithoutExtension(f)).Order());
    }

    [Fact]
    public void Compare_WhenStanzasDiffer_NamesEachDifferenceOnceAtItsHighestPlace()
    {
        var recorded = StanzaCatalog.Of(
        [
            new Node("iq", [("id", "1"), ("type", "get"), ("xmlns", "privacy")], new Node("privacy")),
            new Node("message", [("id", "3EB0"), ("type", "text"), ("edit", "1")], Node.Of("a", new byte[4]), Node.Of("b", Node.Of("c"))),
        ]);
        var ours = StanzaCatalog.Of(
        [
            new Node("presence"),
            new Node("message", [("id", "2"), ("type", "text"), ("phash", "2:x")], Node.Of("d"), Node.Of("b"), Node.Of("a", new byte[3])),
        ]);

        var differences = StanzaShape.Compare(recorded, ours);

        Assert.Equal(
        [
            "+ message(text)/a: 3 bytes",
            "+ message(text)/b: empty",
            "+ message(text)/d",
            "+ message(text)@phash",
            "+ presence",
            "- iq(get privacy privacy)",
            "- message(text)/a: 4 bytes",
            "- message(text)/b/c",
            "- message(text)@edit",
            "~ message(text): b before a",
        ],
            differences.Order(StringComparer.Ordinal));
    }
}
