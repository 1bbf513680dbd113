using System.Text.Json;
using System.Text.RegularExpressions;
using Recado.Server.Features.Reference;
using Recado.Server.Tests.Media;
using Recado.Server.Tests.Messages;
using Recado.Server.Tests.People;

namespace Recado.Server.Tests.Api;

/// <summary>
/// Carries out <c>docs/api.md</c>, whose braces stand for things that are there or that an earlier call has made, among people who write, call and
/// invite.
/// </summary>
internal sealed partial class ApiWalk(LinkedServer server)
{
    private static readonly byte[] Picture = SampleFiles.Jpeg(640, 640);

    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Lets happen what the page takes for granted.</summary>
    public async Task PrepareAsync()
    {
        var carla = server.AddPhone("5511900000003", "Carla");
        server.BrunoPhone.SetPicture(PeopleTests.Jpeg);
        var received = await server.BrunoPhone.SendTextAsync(server.AnaPhone.PhoneNumber, "Bom dia", Ct);
        await server.ReceivedAsync(server.Ana, received);
        var call = server.BrunoPhone.Call(server.AnaPhone.PhoneNumber);
        await server.EventAsync("call_received", server.Ana, _ => true);
        _names["received"] = received;
        _names["callId"] = call;
        _names["chat"] = _names["jid"] = server.BrunoPhone.PhoneNumber;
        _names["invite"] = carla.InviteCode(carla.CreateGroup("Neighbours", []).Jid.ToString());
        _names["file"] = await server.UploadAsync(Picture, "picture.jpg");
    }

    public HttpRequestMessage Request(DocumentedCall call)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Method), Path(call));
        if (call.Body is { } body)
            request.Content = new StringContent(Filled(body), System.Text.Encoding.UTF8, "application/json");
        else if (call is { Method: "POST", Path: "/api/sessions/{id}/media" })
            request.Content = new MultipartFormDataContent { { new ByteArrayContent(Picture), "file", "picture.jpg" } };

        return request;
    }

    /// <summary>Remembers the ids of an answer for the calls that follow.</summary>
    public async Task LearnAsync(DocumentedCall call, JsonElement answer)
    {
        if (call is { Method: "POST", Path: "/api/sessions" })
        {
            _names["fresh"] = answer.GetProperty("sessionId").GetString()!;
            await server.EventAsync("qr_code", _names["fresh"], _ => true);
        }

        if (call.Path.StartsWith("/api/sessions/{id}/messages", StringComparison.Ordinal) && answer.TryGetProperty("messageId", out var message)
            && call is { Method: "POST", Status: 200 } && !call.Path.EndsWith("/reactions", StringComparison.Ordinal))
        {
            _names["messageId"] = message.GetString()!;
            await server.TakenAsync(_names["messageId"]);
        }

        if (call is { Method: "POST", Path: "/api/keys" })
            _names["key"] = answer.GetProperty("key").GetProperty("id").GetString()!;
        if (call is { Method: "POST", Path: "/api/leads" })
            _names["lead"] = answer.GetProperty("lead").GetProperty("id").GetString()!;
        if (call is { Method: "POST", Path: "/api/sessions/{id}/groups" })
            _names["group"] = answer.GetProperty("group").GetProperty("id").GetString()!;
    }

    private string Path(DocumentedCall call)
    {
        var id = call.Path.Split('/') switch
        {
            ["", "api", "media", ..] => _names["file"],
            ["", "api", "leads", _] => _names["lead"],
            ["", "api", "keys", _] => _names["key"],
            ["", "api", "sessions", _, "qr" or "status"] => _names["fresh"],
            _ => server.Ana,
        };
        var path = call.Path.Replace("{id}", id, StringComparison.Ordinal);
        if (path.EndsWith("/read", StringComparison.Ordinal))
            path = path.Replace("{messageId}", _names["received"], StringComparison.Ordinal); // only what others wrote is read
        return Filled(path);
    }

    private string Filled(string text) => Name().Replace(text, found => _names[found.Groups["name"].Value]);

    [GeneratedRegex(@"\{(?<name>[a-zA-Z]+)\}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
