using System.Text.Json;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Presence;
using Recado.Protocol.Tests.Vectors;
using Recado.Protocol.Users;

namespace Recado.Protocol.Tests.Users;

/// <summary>Replays <c>stanza-user-requests</c>.</summary>
public sealed class UserVectorTests
{
    private const string Id = "<id>";

    private static readonly Jid Phone = Jid.Parse("15550100001@s.whatsapp.net");
    private static readonly Jid Second = Jid.Parse("15550100002@s.whatsapp.net");
    private static readonly Jid Lid = Jid.Parse("200000000000001@lid");
    private static readonly Jid Group = Jid.Parse("120363000000000001@g.us");
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_767_225_600);
    private static readonly TrustedContactToken Token = new(Convert.FromHexString("0102030405060708090a"), DateTimeOffset.FromUnixTimeSeconds(1_795_426_873));

    /// <summary>Catalogues and channels are not spoken.</summary>
    private static readonly string[] Unspoken = ["catalog", "newsletter react", "newsletter live updates"];

    private static IReadOnlyList<UserVector> Cases => VectorFile.Load<UserVectors>("stanzas/stanza-user-requests.json").Cases;

    public static TheoryData<string> Names => [.. Cases.Select(vector => vector.Name).Except(Unspoken)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Request_WhenReplayed_IsTheRecordedOne(string name)
    {
        var recorded = Assert.Single(Cases.Single(vector => vector.Name == name).Request).ToNode();

        Assert.Equal(StanzaVector.Shape(recorded), StanzaVector.Shape(Build(name)));
    }

    [Fact]
    public void Cases_WhenListed_ContainTheUnspokenOnes() => Assert.Superset(Unspoken.ToHashSet(), Cases.Select(vector => vector.Name).ToHashSet());

    [Fact]
    public void UserAnswers_WhenReplayed_AreRead()
    {
        Assert.Equal(
            [
                new(Phone) { Asked = "+15550100001", Exists = true },
                new UserAnswer(Jid.Parse("15550100777@s.whatsapp.net")) { Asked = "+15550100777", Exists = false },
            ],
            UserQuery.Parse(Response("is on whatsapp")));
        Assert.Equal(
            [new(Phone) { About = new("Busy", At, IsHidden: false) }, new UserAnswer(Second) { About = new("", null, IsHidden: true) }],
            UserQuery.Parse(Response("about text")));
        Assert.Equal(
            [new UserAnswer(Phone) { DisappearingMode = TimeSpan.FromDays(1) }],
            UserQuery.Parse(Response("disappearing duration")));
    }

    [Fact]
    public void UserAnswers_WhenAFactIsRefused_LeaveItUnknown()
    {
        var user = new Node("user", [("jid", Lid), ("pn_jid", Phone)], new Node("picture", [], new Node("error", [("code", "500")])), new Node("contact", [("type", "invalid")]));
        var answer = new Node("iq", [], Node.Of("usync", Node.Of("list", user)));

        Assert.Equal([new UserAnswer(Lid) { OtherName = Phone, Exists = false }], UserQuery.Parse(answer));
    }

    [Fact]
    public void Answers_WhenReplayed_AreRead()
    {
        Assert.Equal(
            new("1767225600", "https://pps.whatsapp.net/v/preview.jpg", "/v/preview.jpg"),
            UserRequests.ParsePicture(Response("picture preview of a group")));
        Assert.Null(UserRequests.ParsePicture(Response("remove own picture")));
        Assert.Equal([Jid.Parse("200000000000002@lid")], UserRequests.ParseBlockList(Response("blocklist get")).Users);
        Assert.Equal([Lid], UserRequests.ParseBlockList(Response("block")).Users);
        Assert.Equal("1767225600002", UserRequests.ParseBlockList(Response("unblock")).Hash);
        Assert.Equal("match_last_seen", UserRequests.ParsePrivacy(Response("privacy get"))["online"]);

        var order = OrderDetails.Parse(Response("order details"));
        Assert.Equal([new OrderItem("PID1", "Mug", 2, new(10_990, "BRL"))], order.Items);
        Assert.Equal(new Money(21_980, "BRL"), order.Total);
    }

    [Fact]
    public void BusinessProfile_WhenReplayed_IsRead()
    {
        var profile = BusinessProfile.Parse(Response("business profile"));

        Assert.NotNull(profile);
        Assert.Equal((Phone, "1 Main St", "We sell", "a@example.com", "America/Sao_Paulo"), (profile.Jid, profile.Address, profile.Description, profile.Email, profile.TimeZone));
        Assert.Equal(["https://example.com"], profile.Websites);
        Assert.Equal(["Shopping & retail"], profile.Categories);
        Assert.Equal([new BusinessHours("mon", "specific_hours", new(9, 0), new(18, 0)), new BusinessHours("sun", "open_24h", null, null)], profile.Hours);
        Assert.Null(BusinessProfile.Parse(new Node("iq", [], new Node("business_profile"))));
    }

    [Fact]
    public void GraphAnswers_WhenReplayed_AreRead()
    {
        var timelock = GraphQuery.Parse(Response("reachout timelock (mex)"));
        var error = GraphQuery.Parse(Response("mex error"));

        Assert.True(timelock.Data?.GetProperty("xwa2_fetch_account_reachout_timelock").GetProperty("is_active").GetBoolean());
        Assert.Null(timelock.ErrorCode);
        Assert.Equal((404, "Not Found"), (error.ErrorCode, error.ErrorMessage));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"errors":[{"message":"\ud800"}]}""")]
    public void GraphAnswer_WhenItIsNone_FailsTyped(string json) =>
        Assert.Throws<ProtocolException>(() => GraphQuery.Parse(new Node("iq", [], Node.Of("result", json))));

    [Theory]
    [InlineData("""{"errors":[1]}""")]
    [InlineData("""{"errors":[{"extensions":{"error_code":"x"}}]}""")]
    public void GraphAnswer_WhenTheErrorIsOdd_HasNoCode(string json) =>
        Assert.Equal(0, GraphQuery.Parse(new Node("iq", [], Node.Of("result", json))).ErrorCode);

    [Fact]
    public void Answers_WhenMutilated_FailTyped()
    {
        (string Name, Action<Node> Parse)[] parsers =
        [
            ("is on whatsapp", iq => UserQuery.Parse(iq)),
            ("about text", iq => UserQuery.Parse(iq)),
            ("disappearing duration", iq => UserQuery.Parse(iq)),
            ("picture preview of a group", iq => UserRequests.ParsePicture(iq)),
            ("blocklist get", iq => UserRequests.ParseBlockList(iq)),
            ("privacy get", iq => UserRequests.ParsePrivacy(iq)),
            ("business profile", iq => BusinessProfile.Parse(iq)),
            ("order details", iq => OrderDetails.Parse(iq)),
            ("mex error", iq => GraphQuery.Parse(iq)),
        ];
        foreach (var (name, parse) in parsers)
            StanzaMutilations.AssertTyped(Response(name), parse);
    }

    private static Node Build(string name) => name switch
    {
        "is on whatsapp" => UserQuery.OfPhoneNumbers(Id, "<sid>", ["15550100001", "15550100777"]),
        "about text" => UserQuery.OfUsers(Id, "<sid>", [Phone, Second], UserFacts.About),
        "disappearing duration" => UserQuery.OfUsers(Id, "<sid>", [Phone], UserFacts.DisappearingMode),
        "picture preview of a group" => UserRequests.Picture(Id, Group, isPreview: true),
        "picture full, hidden" or "picture full, none" => UserRequests.Picture(Id, Phone, isPreview: false, Token),
        "remove own picture" => UserRequests.RemovePicture(Id),
        "remove group picture" => UserRequests.RemovePicture(Id, Group),
        "set about (old iq)" => UserRequests.SetAbout(Id, "Available ☕"),
        "blocklist get" => UserRequests.BlockList(Id),
        "block" => UserRequests.Block(Id, Lid, Phone),
        "unblock" => UserRequests.Unblock(Id, Lid),
        "privacy get" => UserRequests.Privacy(Id),
        "privacy set" => UserRequests.SetPrivacy(Id, "last", "contacts"),
        "default disappearing timer" => UserRequests.SetDisappearingMode(Id, TimeSpan.FromDays(1)),
        "business profile" => UserRequests.BusinessProfile(Id, Phone),
        "order details" => OrderDetails.Request(Id, "ORDER1", "dG9rZW4="),
        "newsletter metadata (mex)" => GraphQuery.Request(
            Id,
            "6563316087068696",
            """{"fetch_creation_time":true,"fetch_full_image":true,"fetch_viewer_metadata":true,"input":{"key":"120363000000000777@newsletter","type":"JID"}}"""),
        "mex error" => GraphQuery.Request(Id, "24404358912487870", """{"newsletter_id":"120363000000000777@newsletter"}"""),
        "reachout timelock (mex)" => GraphQuery.Request(Id, GraphQuery.ReachoutTimelock),
        "new chat message cap (mex)" => GraphQuery.Request(Id, GraphQuery.NewChatCap, """{"input":{"type":"INDIVIDUAL_NEW_CHAT_MSG"}}"""),
        "clean dirty bit" => UserRequests.Clean(Id, "account_sync", At),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no request for this vector."),
    };

    private static Node Response(string name) => Cases.Single(vector => vector.Name == name).Response!.ToNode();

    internal sealed record UserVectors(string Description, IReadOnlyList<UserVector> Cases);

    internal sealed record UserVector(
        string Name, IReadOnlyList<StanzaVector> Request, StanzaVector? Response = null, JsonElement? Result = null, JsonElement? Error = null);
}
