using System.Text;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Realtime;

namespace Recado.Server.Tests.Realtime;

public sealed class ParsedCommandTests
{
    [Fact]
    public void Parse_WhenTheTypeComesLast_StillPicksTheCommand()
    {
        var parsed = Parse("""{"sessionId":"s","to":"+44","message":"hi","extra":[1],"requestId":"r-1","type":"send_message"}""");

        var send = Assert.IsType<ClientCommand.SendMessage>(parsed.Command);
        Assert.Equal(("s", "+44", "hi"), (send.SessionId, send.Message.To, send.Message.Message));
        Assert.Equal("r-1", send.RequestId!.Value.GetString());
    }

    [Fact]
    public void Parse_WhenTheRequestIdIsANumber_KeepsItANumber() =>
        Assert.Equal("17", Parse("""{"type":"ping","requestId":17}""").RequestId!.Value.GetRawText());

    [Theory]
    [InlineData("", ErrorCodes.InvalidJson)]
    [InlineData("hello", ErrorCodes.InvalidJson)]
    [InlineData("{", ErrorCodes.InvalidJson)]
    [InlineData("[]", ErrorCodes.InvalidJson)]
    [InlineData("null", ErrorCodes.InvalidJson)]
    [InlineData("\"ping\"", ErrorCodes.InvalidJson)]
    [InlineData("""{"type":"ping","type":"ping"}""", ErrorCodes.InvalidJson)]
    [InlineData("""{"type":"ping"} {}""", ErrorCodes.InvalidJson)]
    [InlineData("{}", ErrorCodes.InvalidInput)]
    [InlineData("""{"type":7}""", ErrorCodes.InvalidInput)]
    [InlineData("""{"type":"send_message","to":7}""", ErrorCodes.InvalidInput)]
    [InlineData("""{"type":"subscribe","since":"x"}""", ErrorCodes.InvalidInput)]
    [InlineData("""{"type":"subscribe","since":1.5}""", ErrorCodes.InvalidInput)]
    [InlineData("""{"type":"fly"}""", "unknown_type")]
    public void Parse_WhenTheFrameMakesNoSense_SaysWhat(string text, string code)
    {
        var parsed = Parse(text);

        Assert.Null(parsed.Command);
        Assert.Equal(code, Problems.CodeOf(parsed.Problem!));
        Assert.DoesNotContain("Recado", parsed.Problem!.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhenNestedDeeply_RefusesIt() =>
        Assert.Equal(ErrorCodes.InvalidJson, Problems.CodeOf(Parse(new string('[', 10_000)).Problem!));

    [Fact]
    public void Parse_WhenTheCommandIsWrong_RepeatsTheRequestId() =>
        Assert.Equal("r-2", Parse("""{"type":"fly","requestId":"r-2"}""").RequestId!.Value.GetString());

    [Theory]
    [InlineData("{\"a\":1}")]
    [InlineData("true")]
    public void Parse_WhenTheRequestIdIsNoName_LeavesItOut(string id) => Assert.Null(Parse($$"""{"type":"fly","requestId":{{id}}}""").RequestId);

    private static ParsedCommand Parse(string text) => ParsedCommand.Parse(Encoding.UTF8.GetBytes(text));
}
