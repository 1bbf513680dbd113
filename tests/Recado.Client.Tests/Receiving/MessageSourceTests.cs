using Recado.Client.Pairing;
using Recado.Client.Receiving;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;

namespace Recado.Client.Tests.Receiving;

public sealed class MessageSourceTests
{
    private static readonly Credentials Own = Credentials.Create(RandomSource.System, TimeProvider.System) with
    {
        PhoneNumber = Jid.Parse("111:5@s.whatsapp.net"),
        Lid = Jid.Parse("999:5@lid"),
    };

    [Fact]
    public void Parse_WhenSomebodyElseWrites_ChatIsTheirUserAndTheOtherNameIsTold()
    {
        var source = Parse(("from", Jid.Parse("222:3@lid")), ("sender_pn", Jid.Parse("333:3@s.whatsapp.net")));

        Assert.Equal("222@lid", source.Chat.ToString());
        Assert.Equal("222:3@lid", source.Sender.ToString());
        Assert.Equal("333@s.whatsapp.net", source.SenderOtherName.ToString());
        Assert.False(source.IsFromMe);
    }

    [Fact]
    public void Parse_WhenOurOtherDeviceWrites_ChatIsTheRecipient()
    {
        var source = Parse(
            ("from", Jid.Parse("999@lid")),
            ("recipient", Jid.Parse("222@lid")),
            ("peer_recipient_pn", Jid.Parse("333@s.whatsapp.net")));

        Assert.Equal("222@lid", source.Chat.ToString());
        Assert.Equal("333@s.whatsapp.net", source.ChatOtherName.ToString());
        Assert.True(source.IsFromMe);
    }

    [Fact]
    public void Parse_WhenInAGroup_SenderIsTheParticipant()
    {
        var source = Parse(
            ("from", Jid.Parse("120363@g.us")),
            ("participant", Jid.Parse("222:1@lid")),
            ("participant_pn", Jid.Parse("333@s.whatsapp.net")));

        Assert.Equal(("120363@g.us", "222:1@lid"), (source.Chat.ToString(), source.Sender.ToString()));
        Assert.Equal(source.Chat, source.Group);
    }

    [Fact]
    public void Parse_WhenToABroadcastListOfSomebodyElse_BelongsToTheConversationOfTwo()
    {
        var source = Parse(("from", Jid.Parse("1700000000@broadcast")), ("participant", Jid.Parse("222:1@lid")));

        Assert.Equal(("222@lid", "1700000000@broadcast"), (source.Chat.ToString(), source.Group.ToString()));
    }

    [Fact]
    public void Parse_WhenAStrangerNamesARecipient_IsRefused() =>
        Assert.Throws<ProtocolException>(() => Parse(("from", Jid.Parse("222@lid")), ("recipient", Jid.Parse("333@lid"))));

    [Theory]
    [InlineData("id")]
    [InlineData("from")]
    [InlineData("t")]
    public void Parse_WhenSomethingIsMissing_IsRefused(string missing)
    {
        NodeAttribute[] all = [("id", "A"), ("from", Jid.Parse("222@lid")), ("t", "1")];

        Assert.Throws<ProtocolException>(() =>
            MessageSource.Parse(new Node("message", [.. all.Where(attribute => attribute.Key != missing)]), Own));
    }

    [Fact]
    public void Ack_OfAMessage_HasNoTypeAndCopiesTheRest()
    {
        var stanza = new Node(
            "message",
            [("id", "A"), ("type", "text"), ("from", Jid.Parse("1@g.us")), ("participant", Jid.Parse("222:1@lid"))]);

        var ack = Settlement.Ack(stanza, NackCode.Parsing);

        Assert.Equal("""<ack id="A" class="message" to="1@g.us" participant="222:1@lid" error="487"/>""", ack.ToString());
    }

    [Fact]
    public void Ack_OfANotification_RepeatsItsType()
    {
        var stanza = new Node("notification", [("id", "A"), ("type", "devices"), ("from", Jid.Parse("222@lid"))]);

        Assert.Equal("""<ack id="A" class="notification" to="222@lid" type="devices"/>""", Settlement.Ack(stanza).ToString());
    }

    private static MessageSource Parse(params NodeAttribute[] attributes) =>
        MessageSource.Parse(new Node("message", [("id", "A"), ("t", "1"), .. attributes]), Own);
}
