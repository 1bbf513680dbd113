using Recado.Protocol;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Tests.Sessions;

/// <summary>What a command carries to the session that sends it.</summary>
public sealed class SendMessageTests
{
    private static readonly MessageTarget Target = new("3EB0C1", Chat: null, IsFromActor: false, Jid.Parse("188899900011122@lid"));

    [Fact]
    public void ToContent_WhenAVoteIsCarried_KeepsWhoAsked()
    {
        var vote = PollVoteContent.For(Target, ["Yes"]);

        var carried = Assert.IsType<PollVoteContent>(SendMessage.Of(["120363000000000001@g.us"], vote).ToContent());

        Assert.Equal(Target, carried.Poll);
        Assert.Equal(["Yes"], carried.Options);
    }

    [Fact]
    public void ToContent_WhenAnAnswerIsCarried_KeepsWhoInvited()
    {
        var answer = new EventResponseContent(Target, EventAnswer.Maybe);

        var carried = Assert.IsType<EventResponseContent>(SendMessage.Of(["120363000000000001@g.us"], answer).ToContent());

        Assert.Equal((Target, EventAnswer.Maybe), (carried.Event, carried.Answer));
    }
}
