using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Protocol.Messages;
using Recado.Server.Features.Sessions;
using Recado.Server.Hosting;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>The lead that a received message would make of its author. Whether it does is for the journal to decide. Pure.</summary>
internal static class NewLeads
{
    private const int LongestText = 500, LongestValue = 2000;

    // In the order in which they say most of a message.
    private static readonly string[] Telling = ["text", "caption", "body", "question", "name", "title", "fileName", "address"];

    /// <returns>Null for what is no first message: in groups and broadcasts, of our own, or about another message.</returns>
    public static LeadRow? Of(MessageRow row, MessageContent content)
    {
        if (row.Direction != MessageDirections.Received || row.About is not null || content is PlaceholderContent || LeadContact.Of(row) is not { } person)
            return null;

        var referral = content.Context is { IsForwarded: false, Referral: { } told } ? told : null;
        var data = new JsonObject
        {
            ["firstMessage"] = Summary(row.Content),
            ["firstMessageId"] = row.WhatsAppId,
            ["pushName"] = row.PushName,
        };
        if (referral is not null)
            data["referral"] = Bounded(MessageBodies.Referral(referral));

        return new LeadRow
        {
            UserId = row.UserId,
            SessionId = row.SessionId,
            Name = row.PushName,
            PhoneNumber = person.PhoneNumber,
            Lid = person.Lid,
            Source = referral is { IsAd: true } ? LeadSources.Ad : LeadSources.WhatsApp,
            Data = JsonSerializer.SerializeToElement(data, RecadoJson.Options),
        };
    }

    /// <summary>What a message says, on one line; of what has no words, its kind in brackets.</summary>
    private static string Summary(JsonElement content)
    {
        foreach (var name in Telling)
        {
            if (content.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && !string.IsNullOrWhiteSpace(value.GetString()))
                return Short(string.Join(' ', value.GetString()!.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)), LongestText);
        }

        return $"[{content.GetProperty("type").GetString()}]";
    }

    private static JsonObject Bounded(JsonObject referral)
    {
        foreach (var (name, value) in referral.ToList())
        {
            if (value is JsonValue text && text.TryGetValue<string>(out var words))
                referral[name] = Short(words, LongestValue);
        }

        return referral;
    }

    private static string Short(string text, int length)
    {
        if (text.Length <= length)
            return text;

        return text[..(char.IsHighSurrogate(text[length - 2]) ? length - 2 : length - 1)] + "…";
    }
}
