using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recado.Server.Storage;

/// <summary>
/// A person's lead, after all that is known of the person went into it.
/// </summary>
/// <param name="Lead">The lead as it is to be.</param>
/// <param name="IsChanged">Whether it was otherwise before.</param>
/// <param name="Removed">Another lead that was the same person, and went into this one.</param>
internal sealed record LeadMatch(LeadRow Lead, bool IsChanged, LeadRow? Removed)
{
    /// <summary>Finds the person's lead, completes it, and lets two that are one person become one. Pure.</summary>
    /// <param name="leads">The user's leads that have the person's LID or number, and maybe others; the oldest first.</param>
    /// <returns>Null when the person has none.</returns>
    public static LeadMatch? Find(IReadOnlyList<LeadRow> leads, LeadContact person)
    {
        var byLid = person.Lid is null ? null : leads.FirstOrDefault(lead => lead.Lid == person.Lid);

        // A number can pass to somebody else, a LID cannot: a lead with another LID is another person.
        var byNumber = leads.FirstOrDefault(
            lead => lead != byLid && person.HasNumber(lead) && (lead.Lid is null || person.Lid is null || lead.Lid == person.Lid));
        if (byLid is null || byNumber is null || !(byLid.PhoneNumber is null || person.HasNumber(byLid)))
            return (byLid ?? byNumber) is { } only ? Complete(only, only, person, removed: null) : null;

        var (older, newer) = (byLid.CreatedAt, byLid.Id).CompareTo((byNumber.CreatedAt, byNumber.Id)) <= 0 ? (byLid, byNumber) : (byNumber, byLid);
        return Complete(older, Merge(older, newer), person, newer);
    }

    private static LeadMatch Complete(LeadRow before, LeadRow lead, LeadContact person, LeadRow? removed)
    {
        var next = lead with { PhoneNumber = Known(lead.PhoneNumber, person.PhoneNumber), Lid = Known(lead.Lid, person.Lid) };
        return new LeadMatch(next, removed is not null || (next.PhoneNumber, next.Lid) != (before.PhoneNumber, before.Lid), removed);
    }

    /// <summary>What the older lead lacks comes from the newer one; what it has stays.</summary>
    private static LeadRow Merge(LeadRow older, LeadRow newer) => older with
    {
        CompanyId = Known(older.CompanyId, newer.CompanyId),
        SessionId = older.SessionId ?? newer.SessionId,
        Data = Merge(older.Data, newer.Data),
        Status = older.Status == LeadRow.New ? newer.Status : older.Status,
        Name = Known(older.Name, newer.Name),
        PhoneNumber = Known(older.PhoneNumber, newer.PhoneNumber),
        Lid = Known(older.Lid, newer.Lid),
        Email = Known(older.Email, newer.Email),
        Company = Known(older.Company, newer.Company),
        Source = Known(older.Source, newer.Source),
        Tags = [.. older.Tags.Union(newer.Tags, StringComparer.Ordinal)],
    };

    private static JsonElement Merge(JsonElement older, JsonElement newer)
    {
        if (older.ValueKind != JsonValueKind.Object || newer.ValueKind != JsonValueKind.Object)
            return older;

        var data = JsonObject.Create(older)!;
        foreach (var member in newer.EnumerateObject())
        {
            if (data[member.Name] is null)
                data[member.Name] = JsonSerializer.SerializeToNode(member.Value);
        }

        return JsonSerializer.SerializeToElement(data);
    }

    private static string? Known(string? first, string? second) => string.IsNullOrWhiteSpace(first) ? second : first;
}
