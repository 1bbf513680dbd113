using Recado.Interop.Tests.Harness;
using Recado.Protocol.Binary;
using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Interop.Tests;

/// <summary>Our server, run and driven as by its users, with a real client of other authors as the other party.</summary>
public sealed class ServerTests
{
    [Fact(Timeout = Limits.Test)]
    public async Task Texts_WhenExchanged_ArriveAndAreDeliveredAndRead()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);

        var question = await talk.Server.SendTextAsync(talk.Session, talk.TheirPhone.PhoneNumber, "Are you there? 👋", ct);
        var asked = await talk.Baileys.ReceiveAsync("Are you there? 👋", ct);
        await talk.Server.StatusAsync(talk.Session, question, "delivered", ct);
        await talk.Baileys.ReadAsync(asked, ct);
        await talk.Server.StatusAsync(talk.Session, question, "read", ct);
        var answer = await talk.Baileys.SendTextAsync(asked.Chat, "Yes.", ct);
        var answered = await talk.Server.ReceiveAsync(talk.Session, "Yes.", ct);
        await OurReceiptAsync(talk, answer, type => type is null or "inactive", ct);
        await talk.OurPhone.ReadAsync([answer], ct);
        await talk.Baileys.StatusAsync(answer, "READ", ct);

        Assert.Equal(question, asked.Id);
        Assert.Equal(new ServerMessage(answer, talk.TheirPhone.PhoneNumber), answered);
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenBaileysLostItsSessions_IsSentAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        await talk.SettleAsync(ct);

        await talk.Baileys.ForgetAsync("session", ct);
        var id = await talk.Server.SendTextAsync(talk.Session, talk.TheirPhone.PhoneNumber, "after the loss", ct);

        await talk.Baileys.UndecryptableAsync(id, ct);
        Assert.Equal(id, (await talk.Baileys.ReceiveAsync("after the loss", ct)).Id);
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenTheServerLostItsSessions_IsAskedForAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        var chat = await talk.SettleAsync(ct);
        await talk.StopServerAsync();
        await talk.DeleteServerRecordsAsync("session", ct);
        await talk.StartServerAsync(ct);

        var id = await talk.Baileys.SendTextAsync(chat, "after the loss", ct);

        await OurReceiptAsync(talk, id, type => type == "retry", ct);
        Assert.Equal(id, (await talk.Server.ReceiveAsync(talk.Session, "after the loss", ct)).Id);
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Text_WhenDamagedOnTheWay_IsAskedForAgain()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        var chat = await talk.SettleAsync(ct);

        talk.Service.Faults.Add(new(FaultKind.Corrupt, Phone: talk.OurPhone.PhoneNumber));
        var id = await talk.Baileys.SendTextAsync(chat, "damaged", ct);

        await OurReceiptAsync(talk, id, type => type == "retry", ct);
        Assert.Equal(id, (await talk.Server.ReceiveAsync(talk.Session, "damaged", ct)).Id);
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Session_WhenTheServerWasKilled_ComesBackWithoutAScan()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        var chat = await talk.SettleAsync(ct);

        await talk.StopServerAsync();
        var missed = await talk.Baileys.SendTextAsync(chat, "while you were away", ct);
        await talk.StartServerAsync(ct);

        Assert.Equal(missed, (await talk.Server.ReceiveAsync(talk.Session, "while you were away", ct)).Id);
        var id = await talk.Server.SendTextAsync(talk.Session, talk.TheirPhone.PhoneNumber, "back again", ct);
        Assert.Equal(id, (await talk.Baileys.ReceiveAsync("back again", ct)).Id);
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Messages_WhenTheServerWasAway_ArriveAsLateOnes()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        var chat = await talk.SettleAsync(ct);
        await talk.StopServerAsync();
        var missed = new List<string>();
        for (var i = 0; i < 5; i++)
            missed.Add(await talk.Baileys.SendTextAsync(chat, "while you were away", ct));

        await talk.StartServerAsync(ct);

        foreach (var id in missed)
        {
            var late = await talk.Server.MessageAsync(talk.Session, "message_received", id, ct);
            Assert.Equal("offline", late.GetProperty("origin").GetString());
        }

        var caughtUp = await talk.Server.TakeAsync("caught_up", talk.Session, null, ct);
        Assert.True(caughtUp.GetProperty("count").GetInt32() >= missed.Count, caughtUp.ToString());
        var live = await talk.Baileys.SendTextAsync(chat, "and now?", ct);
        Assert.Equal("live", (await talk.Server.MessageAsync(talk.Session, "message_received", live, ct)).GetProperty("origin").GetString());
        Peace.AssertKept(talk.Service);
    }

    [Fact(Timeout = Limits.Test)]
    public async Task Sessions_WhenTwoAreLinkedToOneAccount_SeeWhatTheOtherSends()
    {
        var ct = TestContext.Current.CancellationToken;
        await using var talk = await Conversation.StartAsync(ct);
        var second = await talk.Server.PairAsync(talk.OurPhone, ct);
        var chat = await talk.SettleAsync(ct);

        var byFirst = await talk.Server.SendTextAsync(talk.Session, talk.TheirPhone.PhoneNumber, "by the first", ct);
        var bySecond = await talk.Server.SendTextAsync(second, talk.TheirPhone.PhoneNumber, "by the second", ct);
        var theirs = await talk.Baileys.SendTextAsync(chat, "to both", ct);

        await talk.Baileys.ReceiveByIdAsync(byFirst, ct);
        await talk.Baileys.ReceiveByIdAsync(bySecond, ct);
        var echoOfFirst = await talk.Server.MessageAsync(second, "message_echo", byFirst, ct);
        var echoOfSecond = await talk.Server.MessageAsync(talk.Session, "message_echo", bySecond, ct);
        Assert.Equal("by the first", echoOfFirst.GetProperty("content").GetProperty("text").GetString());
        Assert.Equal("by the second", echoOfSecond.GetProperty("content").GetProperty("text").GetString());
        await talk.Server.MessageAsync(talk.Session, "message_received", theirs, ct);
        await talk.Server.MessageAsync(second, "message_received", theirs, ct);
        Peace.AssertKept(talk.Service);
    }

    /// <summary>Waits for a receipt of the server's own device; the phone beside it gives receipts as well.</summary>
    private static Task OurReceiptAsync(Conversation talk, string messageId, Func<string?, bool> hasType, CancellationToken ct)
    {
        bool IsIt(Node node) => node.Tag == "receipt" && node["id"] == messageId && hasType(node["type"]);

        return talk.Service.Trace.WaitForAsync(
            e => e is StanzaEntry { Direction: TraceDirection.FromClient } stanza && IsIt(stanza.Node)
                && stanza.Connection.StartsWith(talk.OurPhone.PhoneNumber, StringComparison.Ordinal),
            ct);
    }
}
