using Recado.Protocol.Messages;
using Recado.Protocol.Tests.Vectors;

namespace Recado.Protocol.Tests.Messages;

/// <summary>Replays <c>msg-reporting-token</c> and <c>msg-cstoken</c>.</summary>
public sealed class TokenVectorTests
{
    private static ReportingVectors Reporting => VectorFile.Load<ReportingVectors>("messages/msg-reporting-token.json");

    [Fact]
    public void ReportingToken_WhenReplayed_IsTheRecordedOne()
    {
        var vectors = Reporting;
        foreach (var vector in vectors.Cases)
        {
            var (sender, remote) = (Jid.Parse(vector.SenderJid), Jid.Parse(vector.RemoteJid));

            var token = ReportingToken.Compute(vector.Protobuf, vectors.MessageSecret, vectors.MessageId, sender, remote);

            Assert.Equal(vector.Extracted, ReportingToken.Extract(vector.Protobuf));
            Assert.Equal(vector.Key, MessageSecret.Key(vectors.MessageSecret, vectors.MessageId, sender, remote, "Report Token"));
            Assert.Equal(vector.Token, token);
            Assert.Equal("""<reporting><reporting_token v="2"><!-- 16 bytes --></reporting_token></reporting>""", ReportingToken.ToNode(token).ToString());
        }
    }

    [Fact]
    public void ReportedFields_WhenComparedWithTheRecordedTable_AreThoseThatCanCount() =>
        Assert.Equal(Reporting.FieldTable.Select(Describe).OfType<string>(), ReportedField.All.Select(Describe));

    [Fact]
    public void ReportingToken_WhenTheMessageIsMutilated_FailsTyped()
    {
        foreach (var vector in Reporting.Cases)
            Mutilations.AssertTyped(vector.Protobuf, bytes => ReportingToken.Extract(bytes));
    }

    [Fact]
    public void ClientSideToken_WhenReplayed_IsTheRecordedOne()
    {
        var vector = VectorFile.Load<TokenVector>("messages/msg-cstoken.json");

        Assert.Equal(vector.Cstoken, ClientSideToken.Compute(vector.NctSalt, Jid.Parse(vector.RecipientLid)));
        Assert.Equal(vector.Cstoken, ClientSideToken.Compute(vector.NctSalt, Jid.Parse(vector.RecipientLid).WithDevice(3)));
    }

    private static string Describe(ReportedField field) =>
        field.Parts.Count == 0 ? $"{field.Number}" : $"{field.Number}{{{string.Join(' ', field.Parts.Select(Describe))}}}";

    /// <summary>Null for a field that never counts: a message without listed parts, or one whose parts all never count.</summary>
    private static string? Describe(FieldVector field)
    {
        if (field.S is null)
            return field.M ? null : $"{field.F}";

        var parts = field.S.Select(Describe).OfType<string>().ToList();
        return parts.Count == 0 ? null : $"{field.F}{{{string.Join(' ', parts)}}}";
    }

    internal sealed record ReportingVectors(
        string Description, byte[] MessageSecret, string MessageId, IReadOnlyList<FieldVector> FieldTable, IReadOnlyList<ReportingVector> Cases);

    internal sealed record FieldVector(int F, bool M = false, IReadOnlyList<FieldVector>? S = null);

    internal sealed record ReportingVector(
        string Name, byte[] Protobuf, string SenderJid, string RemoteJid, byte[] Key, byte[] Extracted, byte[] Token);

    internal sealed record TokenVector(string Description, byte[] NctSalt, string RecipientLid, byte[] Cstoken);
}
