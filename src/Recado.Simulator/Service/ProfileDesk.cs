using System.Text.Json;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Users;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>What accounts say about themselves: about text, business profile.</summary>
internal sealed class ProfileDesk(Exchange exchange)
{
    private const int LongestAbout = 139;

    /// <summary>Sets an about text, and tells who may know.</summary>
    /// <returns>Whether it is short enough.</returns>
    public bool SetAbout(Account account, Device? author, string text)
    {
        if (text.Length > LongestAbout)
            return false;

        (account.Profile.About, account.Profile.AboutSince) = (text, exchange.Now.ToUnixTimeSeconds());
        exchange.Changes.ToContacts(account, "status", PrivacySettings.About, Node.Of("set", text));
        exchange.Changes.ToOwn(account, author, "status", Node.Of("set", text));
        return true;
    }

    /// <summary>The older request for it.</summary>
    public Node AnswerAbout(Device device, Node iq) => iq.Child("status") is not { } status
        ? Stanzas.Error(iq, 400, "bad-request")
        : SetAbout(device.Account, device, status.Text) ? Stanzas.Result(iq) : Stanzas.Error(iq, 406, "not-acceptable");

    /// <summary>The newer one, a graph query.</summary>
    public Node AnswerGraph(Device device, Node iq)
    {
        if (iq.Child("query") is not { } query || query["query_id"] is not { } id || Variables(query) is not { } variables)
        {
            exchange.Trace.Violation(device.ToString(), "A graph query has no number, or its variables are no JSON.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        if (id != GraphQuery.UpdateAbout || !variables.TryGetProperty("input", out var input) || !input.TryGetProperty("text", out var text))
            return Graph(iq, """{"data":null,"errors":[{"message":"unknown query","extensions":{"error_code":404}}]}""");

        return SetAbout(device.Account, device, text.GetString() ?? "")
            ? Graph(iq, """{"data":{"xwa2_text_status_update":{"result":"SUCCESS"}}}""")
            : Graph(iq, """{"data":null,"errors":[{"message":"not acceptable","extensions":{"error_code":406}}]}""");
    }

    public Node AnswerBusiness(Device device, Node iq)
    {
        if (iq.Child("business_profile")?.Child("profile") is not { } asked || !asked.IsJid("jid"))
        {
            exchange.Trace.Violation(device.ToString(), "A request for a business profile names nobody.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        var jid = asked.RequiredJid("jid");
        return exchange.Accounts.Find(jid)?.Profile.Business is { } card
            ? Stanzas.Result(iq, new Node("business_profile", [], [Card(jid, card)]))
            : Stanzas.Result(iq, new Node("business_profile"));
    }

    private static Node Card(Jid jid, BusinessCard card)
    {
        IEnumerable<Node> children =
        [
            .. Text("address", card.Address), .. Text("description", card.Description), .. Text("website", card.Website), .. Text("email", card.Email),
            .. card.Category is { } category
                ? [new Node("categories", [], [new Node("category", [("id", "1")], category)])]
                : Enumerable.Empty<Node>(),
        ];
        return new Node("profile", [("jid", jid), ("tag", "1")], [.. children]);
    }

    private static IEnumerable<Node> Text(string tag, string? text) => text is null ? [] : [Node.Of(tag, text)];

    private static Node Graph(Node iq, string json) => Stanzas.Result(iq, Node.Of("result", json));

    private static JsonElement? Variables(Node query)
    {
        try
        {
            using var document = JsonDocument.Parse(query.Bytes);
            return document.RootElement.TryGetProperty("variables", out var variables) && variables.ValueKind == JsonValueKind.Object
                ? variables.Clone()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
