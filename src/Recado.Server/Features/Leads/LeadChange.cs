using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Messages;
using Recado.Server.Storage;

namespace Recado.Server.Features.Leads;

/// <summary>A request about a lead, checked: what it makes of a row.</summary>
internal sealed class LeadChange
{
    private const int LongestName = 200, LongestEmail = 254, LongestWord = 100, MostTags = 50, LongestTag = 50;

    /// <summary>Members of a row that nobody sets by hand.</summary>
    private static readonly string[] Fixed = ["id", "user_id", "lid", "created_at", "updated_at"];

    private static readonly Dictionary<string, JsonElement> NoData = [];

    private readonly LeadRequest _request;
    private readonly Dictionary<string, (string Code, string Sentence)> _faults = new(StringComparer.Ordinal);
    private string? _phoneNumber;
    private IReadOnlyList<string> _tags = [];

    private LeadChange(LeadRequest request) => _request = request;

    /// <summary>The session that the request names.</summary>
    public Guid? SessionId { get; private set; }

    /// <returns>The change; or the problem, which names each field that is wrong.</returns>
    public static (LeadChange? Change, ProblemDetails? Problem) Of(LeadRequest request)
    {
        var change = new LeadChange(request);
        change.Check();
        if (change._faults.Count == 0)
            return (change, null);

        var codes = change._faults.Values.Select(fault => fault.Code).Distinct().ToList();
        return (null, Problems.InvalidFields(
            change._faults.Values.First().Sentence,
            change._faults.ToDictionary(fault => fault.Key, fault => new[] { fault.Value.Sentence }),
            codes is [var only] ? only : ErrorCodes.InvalidInput));
    }

    /// <returns>The row from now on; null when its data would be larger than is kept, which the request alone cannot tell.</returns>
    public LeadRow? ApplyTo(LeadRow lead)
    {
        var data = HasData ? LeadData.Of(Has("data") ? _request.Data ?? NoData : null, Others(), lead) : lead.Data;
        return HasData && LeadData.IsTooLarge(data) ? null : Columns(lead) with { Data = data };
    }

    private LeadRow Columns(LeadRow lead) => lead with
    {
        Name = Has("name") ? Trimmed(_request.Name) : lead.Name,
        PhoneNumber = Has("phone_number") ? _phoneNumber : lead.PhoneNumber,

        // Another number may be another person.
        Lid = _phoneNumber is not null && lead.PhoneNumber is not null && !new LeadContact(_phoneNumber, Lid: null).HasNumber(lead) ? null : lead.Lid,
        Email = Has("email") ? Trimmed(_request.Email) : lead.Email,
        Company = Has("company") ? Trimmed(_request.Company) : lead.Company,
        CompanyId = Has("company_id") ? Trimmed(_request.CompanyId) : lead.CompanyId,
        SessionId = Has("whatsapp_session_id") ? SessionId : lead.SessionId,
        Status = Has("status") ? Trimmed(_request.Status) ?? LeadRow.New : lead.Status,
        Source = Has("source") ? Trimmed(_request.Source) : lead.Source,
        Tags = Has("tags") ? _tags : lead.Tags,
    };

    private bool HasData => Has("data") || Others().Any();

    private bool Has(string field) => _request.Has(field);

    private IEnumerable<KeyValuePair<string, JsonElement>> Others() => _request.More?.Where(member => !Fixed.Contains(member.Key, StringComparer.Ordinal)) ?? [];

    private void Check()
    {
        CheckLength("name", _request.Name, LongestName);
        CheckLength("company", _request.Company, LongestName);
        CheckLength("status", _request.Status, LongestWord);
        CheckLength("source", _request.Source, LongestWord);
        if (CheckLength("email", _request.Email, LongestEmail) && Trimmed(_request.Email) is { } email && !IsEmail(email))
            Refuse("email", "invalid_email", "'email' is not an email address, such as ana@example.org.");
        if (Trimmed(_request.CompanyId) is { } company && !Guid.TryParseExact(company, "D", out _))
            Refuse("company_id", ErrorCodes.InvalidInput, "'company_id' must be a UUID.");
        CheckNumber();
        CheckSession();
        CheckTags();
        CheckData();
    }

    private void CheckNumber()
    {
        if (Trimmed(_request.PhoneNumber) is not { } text)
            return;

        var (digits, fault) = text.Length > LongestWord ? (null, null) : PhoneNumberText.Read(text, "phone_number");
        _phoneNumber = digits;
        if (digits is null)
            Refuse("phone_number", "invalid_phone_number", fault ?? "'phone_number' is not a phone number in international form, such as +55 11 91234-5678.");
    }

    private void CheckSession()
    {
        if (Trimmed(_request.SessionId) is not { } text)
            return;

        if (Guid.TryParseExact(text, "D", out var id))
            SessionId = id;
        else
            Refuse("whatsapp_session_id", ErrorCodes.InvalidInput, "'whatsapp_session_id' must be the id of one of your sessions.");
    }

    private void CheckTags()
    {
        if (_request.Tags is not { } tags)
            return;

        if (tags.Count > MostTags)
            Refuse("tags", "too_many_tags", $"'tags' may hold {MostTags} tags at most.");
        else if (tags.Any(tag => Trimmed(tag) is not { Length: <= LongestTag }))
            Refuse("tags", ErrorCodes.InvalidInput, $"Each of 'tags' must have 1 to {LongestTag} characters.");
        else
            _tags = [.. tags.Select(tag => tag!.Trim()).Distinct(StringComparer.Ordinal)];
    }

    private void CheckData()
    {
        if (LeadData.FindFault(Others().Concat(_request.Data ?? NoData)) is var (code, sentence))
            Refuse("data", code, sentence);
    }

    private bool CheckLength(string field, string? value, int longest)
    {
        if (Trimmed(value)?.Length is not { } length || length <= longest)
            return true;

        Refuse(field, ErrorCodes.InvalidInput, $"'{field}' may have {longest} characters at most.");
        return false;
    }

    private static bool IsEmail(string text) =>
        text.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private void Refuse(string field, string code, string sentence) => _faults.TryAdd(field, (code, sentence));

    private static string? Trimmed(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
