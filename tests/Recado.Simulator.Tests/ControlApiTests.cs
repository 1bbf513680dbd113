using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Recado.Simulator.Tests.Clients;

namespace Recado.Simulator.Tests;

public sealed class ControlApiTests : ServiceTest
{
    [Fact]
    public async Task Info_WhenAsked_SaysWhereToConnectAndWhomToTrust()
    {
        using var http = Client();

        var info = await http.GetFromJsonAsync<JsonElement>("info", Ct);

        Assert.Equal(Service.WebSocketUrl.ToString(), info.GetProperty("webSocketUrl").GetString());
        Assert.Equal(Convert.ToHexStringLower(Service.RootKey.Span), info.GetProperty("rootPublicKey").GetString());
        Assert.Equal(Service.MediaUrl.Authority, info.GetProperty("mediaHost").GetString());
        Assert.StartsWith("-----BEGIN CERTIFICATE-----", info.GetProperty("ca").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Accounts_WhenAdded_AreListed()
    {
        using var http = Client();

        await PostAsync(http, "accounts", new { phone = "+55 11 90000-0009", name = "Caio" });
        var accounts = await http.GetFromJsonAsync<JsonElement>("accounts", Ct);

        var added = accounts.EnumerateArray().Last();
        Assert.Equal("5511900000009", added.GetProperty("phone").GetString());
        Assert.Equal("Caio", added.GetProperty("name").GetString());
        Assert.EndsWith("@lid", added.GetProperty("lid").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Phone_WhenDrivenOverHttp_ScansSendsAndReads()
    {
        using var http = Client();
        var device = new RawDevice();
        await using (var connection = await RawConnection.OpenAsync(Service, device, Ct))
        {
            var scan = PostAsync(http, "accounts/5511900000001/scan", new { qr = await RawClient.ReceiveCodeAsync(connection, device) });
            await RawClient.AnswerPairingAsync(connection, device);
            Assert.Equal(1, (await scan).GetProperty("device").GetInt32());
        }

        await using var client = await RawClient.LogInAsync(Service, device, Ct);
        var text = await PostAsync(http, "accounts/5511900000002/messages", new { to = "5511900000001", text = "over http" });
        var json = await PostAsync(http, "accounts/5511900000002/messages",
            new { to = "5511900000001", message = new { extendedTextMessage = new { text = "as protobuf" } } });
        await PostAsync(http, "accounts/5511900000002/messages",
            new { to = "5511900000001", text = "by an ad", referral = new { ctwaClid = "ARAk", sourceUrl = "https://fb.me/x" } });
        var read = await PostAsync(http, "accounts/5511900000001/read", new { ids = new[] { text.GetProperty("id").GetString() } });
        var inbox = await http.GetFromJsonAsync<JsonElement>("accounts/5511900000001/inbox", Ct);
        var receipts = await http.GetFromJsonAsync<JsonElement>("accounts/5511900000002/receipts", Ct);

        Assert.Equal(["over http", "as protobuf", "by an ad"], inbox.EnumerateArray().Select(m => m.GetProperty("text").GetString()));
        Assert.Equal(text.GetProperty("id").GetString(), read.GetProperty("ids")[0].GetString());
        Assert.Contains(receipts.EnumerateArray(), r => r.GetProperty("type").GetString() == "read");
        Assert.NotEqual(text.GetProperty("id").GetString(), json.GetProperty("id").GetString());
    }

    [Theory]
    [InlineData("accounts", """{}""", HttpStatusCode.BadRequest, "no 'phone'")]
    [InlineData("accounts", """{"phone":"12"}""", HttpStatusCode.BadRequest, "7 to 15 digits")]
    [InlineData("accounts/123/scan", """{"qr":"x"}""", HttpStatusCode.NotFound, "No account")]
    [InlineData("accounts/5511900000001/scan", """{"qr":"x"}""", HttpStatusCode.Conflict, "not that of a code")]
    [InlineData("accounts/5511900000001/messages", """{"to":"5511900000002"}""", HttpStatusCode.BadRequest, "no 'text'")]
    [InlineData("accounts/5511900000001/messages", """{"to":"5511999999999","text":"x"}""", HttpStatusCode.Conflict, "No account has the number")]
    [InlineData("accounts/5511900000001/messages", """{"to":"5511900000002","message":{"nonsense":1}}""", HttpStatusCode.Conflict, "protobuf JSON")]
    [InlineData("accounts/5511900000001/unlink", """{"device":5}""", HttpStatusCode.Conflict, "no linked device 5")]
    [InlineData("faults", """{"kind":"earthquake"}""", HttpStatusCode.BadRequest, "There is no fault")]
    [InlineData("faults", """{"kind":"nack","count":0}""", HttpStatusCode.BadRequest, "count")]
    public async Task Post_WhenItMakesNoSense_IsAnsweredWithASentence(string path, string body, HttpStatusCode status, string sentence)
    {
        using var http = Client();

        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content, Ct);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>(Ct);

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        Assert.Contains(sentence, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faults_WhenPlanned_AreListedAndForgotten()
    {
        using var http = Client();

        await PostAsync(http, "faults", new { kind = "drop-ack", count = 2, phone = "5511900000001" });
        var planned = await http.GetFromJsonAsync<JsonElement>("faults", Ct);
        await http.DeleteAsync("faults", Ct);

        Assert.Equal("drop-ack", planned[0].GetProperty("kind").GetString());
        Assert.Equal(2, planned[0].GetProperty("count").GetInt32());
        Assert.Empty(Service.Faults.Pending);
    }

    [Fact]
    public async Task Trace_WhenRead_IsJsonLinesOfNodes()
    {
        await using var client = await ClientOfAsync(Ana);
        using var http = Client();

        var text = await http.GetStringAsync("trace", Ct);

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonSerializer.Deserialize<JsonElement>(l)).ToList();
        var upload = lines.First(l => l.GetProperty("kind").GetString() == "stanza"
            && l.GetProperty("node").GetProperty("attrs").TryGetProperty("id", out var id) && id.GetString() == "upload");
        Assert.Equal("c2s", upload.GetProperty("dir").GetString());
        Assert.Equal("5511900000001:1", upload.GetProperty("conn").GetString());
        var registration = upload.GetProperty("node").GetProperty("content")[0];
        Assert.Equal("registration", registration.GetProperty("tag").GetString());
        Assert.Equal(8, registration.GetProperty("content").GetProperty("b64").GetString()!.Length);
    }

    [Fact]
    public async Task StreamError_WhenAskedFor_ReachesTheAccountsConnections()
    {
        await using var client = await ClientOfAsync(Ana);
        using var http = Client();

        using var response = await http.PostAsJsonAsync("connections/stream-error", new { code = 503, phone = "5511900000001" }, Ct);
        var error = await client.Connection.ReceiveAsync("stream:error");
        await client.Connection.EndAsync();

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("503", error["code"]);
    }

    [Fact]
    public async Task Drop_WhenAskedForWithoutABody_CutsEverything()
    {
        await using var client = await ClientOfAsync(Ana);
        using var http = Client();

        using var response = await http.PostAsync("connections/drop", content: null, Ct);
        await client.Connection.EndAsync();

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task WebSocket_WhenTheOriginIsMissing_IsRefused()
    {
        using var socket = new System.Net.WebSockets.ClientWebSocket();

        var failure = await Assert.ThrowsAsync<System.Net.WebSockets.WebSocketException>(() => socket.ConnectAsync(Service.WebSocketUrl, Ct));

        Assert.Contains("403", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Phone_WhenDrivenOverHttp_DoesWhatItsOwnerDoes()
    {
        using var http = Client();
        using var jpeg = new ByteArrayContent(Jpeg.OfSize(640, 640));
        const string Bias = "accounts/5511900000002";

        var call = await PostAsync(http, $"{Bias}/calls", new { to = "5511900000001", video = true });
        await DoneAsync(http.PostAsync($"accounts/5511900000001/calls/{call.GetProperty("callId").GetString()}/reject", content: null, Ct));
        await DoneAsync(http.PostAsJsonAsync($"{Bias}/presence", new { available = true }, Ct));
        await DoneAsync(http.PostAsJsonAsync($"{Bias}/typing", new { to = "5511900000001", state = "composing" }, Ct));
        await DoneAsync(http.PutAsJsonAsync($"{Bias}/about", new { text = "Busy" }, Ct));
        await DoneAsync(http.PutAsJsonAsync($"{Bias}/business", new { name = "Bia's" }, Ct));
        await DoneAsync(http.PutAsync($"{Bias}/picture", jpeg, Ct));
        await DoneAsync(http.PutAsJsonAsync($"{Bias}/privacy/last", new { value = "none" }, Ct));
        await DoneAsync(http.PostAsJsonAsync($"{Bias}/blocked", new { to = "5511900000001" }, Ct));
        await DoneAsync(http.DeleteAsync($"{Bias}/blocked/5511900000001", Ct));
        using var refused = await http.PutAsJsonAsync($"{Bias}/privacy/last", new { value = "sometimes" }, Ct);
        var calls = await http.GetFromJsonAsync<JsonElement>($"{Bias}/calls", Ct);
        var typing = await http.GetFromJsonAsync<JsonElement>("accounts/5511900000001/typing", Ct);

        Assert.Equal(["offer", "reject"], calls.EnumerateArray().Select(c => c.GetProperty("signal").GetString()));
        Assert.Equal("composing", Assert.Single(typing.EnumerateArray()).GetProperty("state").GetString());
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Empty(Service.Trace.Violations);

        static async Task DoneAsync(Task<HttpResponseMessage> request)
        {
            using var response = await request;
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
    }

    private HttpClient Client() => new() { BaseAddress = Service.ControlUrl };

    private static async Task<JsonElement> PostAsync(HttpClient http, string path, object body)
    {
        using var response = await http.PostAsJsonAsync(path, body, Ct);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }
}
