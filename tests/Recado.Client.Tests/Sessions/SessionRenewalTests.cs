using Recado.Protocol.Binary;
using Recado.Simulator.Trace;

namespace Recado.Client.Tests.Sessions;

/// <summary>When a device that asks for a message again gets a new session with it.</summary>
public sealed class SessionRenewalTests : PairedSessionTests
{
    private const string Ana = "5511900000001";

    [Fact]
    public async Task Retry_WhenTheFirstAnswerFailedToo_RenewsTheSessionOnceAnHour()
    {
        var (first, second) = (await SendAsync("one"), await SendAsync("two"));
        var before = Fetches();

        await AskAsync(first, count: 1);
        var afterFirst = Fetches();
        await AskAsync(first, count: 2);
        var afterRenewal = Fetches();
        await AskAsync(second, count: 2);

        Assert.Equal((before, before + 1, before + 1), (afterFirst, afterRenewal, Fetches()));
        Assert.Equal("pkmsg", Answers(first)[^1].Child("enc")?["type"]);
    }

    [Fact]
    public async Task Retry_WhenTheSameSessionHasFailedAgain_RenewsItAllTheSame()
    {
        var (first, second) = (await SendAsync("one"), await SendAsync("two"));
        await AskAsync(first, count: 2); // renewed: for an hour that is enough
        await AskAsync(second, count: 2);
        var before = Fetches();

        await AskAsync(second, count: 3);

        Assert.Equal(before + 1, Fetches());
    }

    private async Task<string> SendAsync(string text)
    {
        var id = Assert.IsType<SendResult.Sent>(await _session.SendTextAsync(_bruno.Jid, text, Ct)).MessageId;
        await _bruno.WaitForMessageAsync(message => message.Id == id, Ct);
        return id;
    }

    /// <summary>Bruno's phone asks for a message, as far as the session can tell; waits until that is settled.</summary>
    private async Task AskAsync(string id, int count)
    {
        bool IsSettled(TraceEntry entry) =>
            entry is StanzaEntry { Direction: TraceDirection.FromClient, Node: { Tag: "ack" } ack } && ack["type"] == "retry" && ack["id"] == id;
        var settled = _service.Trace.Entries.Count(IsSettled);
        await _service.SendStanzaAsync(
            new Node(
                "receipt",
                [("id", id), ("from", _bruno.Lid), ("type", "retry"), ("t", "1767225600")],
                new Node("retry", [("count", count), ("id", id), ("t", "1767225600"), ("v", "1")])),
            Ana);
        await _service.Trace.WaitForAsync(_ => _service.Trace.Entries.Count(IsSettled) > settled, Ct);
    }

    private int Fetches() => _service.Trace.Entries.OfType<StanzaEntry>().Count(entry =>
        entry.Direction == TraceDirection.FromClient && entry.Node is { Tag: "iq" } iq && iq["xmlns"] == "encrypt" && iq.Child("key") is not null);

    private IReadOnlyList<Node> Answers(string id) =>
    [
        .. _service.Trace.Entries.OfType<StanzaEntry>()
            .Where(entry => entry.Direction == TraceDirection.FromClient && entry.Node.Tag == "message" && entry.Node["id"] == id)
            .Select(entry => entry.Node),
    ];
}
