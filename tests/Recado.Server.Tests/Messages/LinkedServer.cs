using System.Text.Json;
using Recado.Server.Hosting;
using Recado.Server.Tests.Api;
using Recado.Simulator;
using Recado.Simulator.Trace;

namespace Recado.Server.Tests.Messages;

/// <summary>A server with two sessions of one user, each linked to a phone of the simulated WhatsApp, and the user's events.</summary>
public class LinkedServer : IAsyncLifetime
{
    private readonly List<JsonElement> _events = [];
    private TestSocket _socket = null!;

    internal TestServer Server { get; private set; } = null!;

    internal SimulatedService WhatsApp { get; private set; } = null!;

    internal HttpClient Http { get; private set; } = null!;

    internal SimulatedPhone AnaPhone { get; private set; } = null!;

    internal SimulatedPhone BrunoPhone { get; private set; } = null!;

    internal string Ana { get; private set; } = null!;

    internal string Bruno { get; private set; } = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>The token of the sessions' owner.</summary>
    private protected virtual string Token => TestServer.LocalToken;

    public async ValueTask InitializeAsync()
    {
        WhatsApp = await SimulatedService.StartAsync(ct: Ct);
        Server = await TestServer.StartAsync(settings => Change(settings with
        {
            Service = new OtherService(WhatsApp.WebSocketUrl, WhatsApp.RootKey, WhatsApp.MediaAuthorityPem),
            AllowPrivateLinks = true,
        }));
        Http = Server.WithToken(Token);
        _socket = await TestSocket.OpenReadyAsync(Server, Token);
        AnaPhone = WhatsApp.AddPhone("5511900000001", "Ana");
        BrunoPhone = WhatsApp.AddPhone("5511900000002", "Bruno");
        Ana = await LinkAsync(AnaPhone);
        Bruno = await LinkAsync(BrunoPhone);
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        Http.Dispose();
        await Server.DisposeAsync();
        await WhatsApp.DisposeAsync();
        GC.SuppressFinalize(this); // whoever derives from it may have one
    }

    /// <summary>Further settings.</summary>
    private protected virtual RecadoSettings Change(RecadoSettings settings) => settings;

    /// <summary>Sends from Ana's session.</summary>
    /// <returns>The message's id.</returns>
    internal async Task<string> SendAsync(string body)
    {
        var answer = await (await Http.PostTextAsync($"/api/sessions/{Ana}/messages", body)).JsonAsync();
        return answer.GetProperty("messageId").GetString()!;
    }

    internal Task<string> SendTextAsync(string text) => SendAsync(JsonSerializer.Serialize(new { to = BrunoPhone.PhoneNumber, message = text }));

    /// <returns>The file's id.</returns>
    internal async Task<string> UploadAsync(byte[] file, string name)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", name } };
        var answer = await (await Http.PostAsync($"/api/sessions/{Ana}/media", form, Ct)).JsonAsync(System.Net.HttpStatusCode.Created);
        return answer.GetProperty("id").GetString()!;
    }

    /// <summary>The event of the type in the session that fits, past or to come.</summary>
    internal Task<JsonElement> EventAsync(string type, string session, Func<JsonElement, bool> fits) =>
        EventAsync(type, frame => frame.GetProperty("sessionId").ValueEquals(session) && fits(frame));

    /// <summary>The same of whatever session.</summary>
    internal async Task<JsonElement> EventAsync(string type, Func<JsonElement, bool> fits)
    {
        for (var i = 0; ; i++)
        {
            if (i == _events.Count)
                _events.Add(await _socket.NextAsync() ?? throw new InvalidOperationException($"Closed before '{type}'."));
            if (_events[i].GetProperty("type").ValueEquals(type) && fits(_events[i]))
                return _events[i];
        }
    }

    /// <summary>Whether such an event was among those that have been read so far.</summary>
    internal bool HasEvent(string type, string session, Func<JsonElement, bool> fits) =>
        _events.Exists(frame => frame.GetProperty("type").ValueEquals(type) && frame.GetProperty("sessionId").ValueEquals(session) && fits(frame));

    /// <summary>Waits until what was sent from Ana's session is recorded as taken, which is a moment after the answer.</summary>
    internal Task TakenAsync(string id) => EventAsync("message_status", Ana, frame => frame.GetProperty("messageId").ValueEquals(id));

    internal Task<JsonElement> ReceivedAsync(string session, string id) =>
        EventAsync("message_received", session, frame => frame.GetProperty("message").GetProperty("messageId").GetString() == id);

    internal async Task<JsonElement> RowContentAsync(string session, string id, string query = "")
    {
        var list = await (await Http.AskAsync($"/api/sessions/{session}/messages?limit=200{query}")).JsonAsync();
        return list.GetProperty("messages").EnumerateArray().Single(row => row.GetProperty("whatsapp_id").GetString() == id).GetProperty("content");
    }

    /// <summary>Somebody else who has WhatsApp.</summary>
    internal SimulatedPhone AddPhone(string phoneNumber, string name) => WhatsApp.AddPhone(phoneNumber, name);

    /// <summary>Links another session of the user to a phone.</summary>
    internal async Task<string> LinkAsync(SimulatedPhone phone)
    {
        var session = (await (await Http.PostAsync("/api/sessions")).JsonAsync(System.Net.HttpStatusCode.Created)).GetProperty("sessionId").GetString()!;
        var code = await EventAsync("qr_code", session, _ => true);
        var offer = WhatsApp.Trace.Entries.OfType<StanzaEntry>().Last(e => e.Node.Child("pair-device") is not null);
        await WhatsApp.Trace.WaitForAsync(e => e is StanzaEntry { Node: var node } && node["type"] == "result" && node["id"] == offer.Node["id"], Ct);
        await phone.ScanAsync(code.GetProperty("code").GetString()!, Ct);
        await EventAsync("session_ready", session, _ => true);
        return session;
    }
}
