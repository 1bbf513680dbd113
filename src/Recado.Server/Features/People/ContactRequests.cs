using Recado.Client;
using Recado.Client.Contacts;
using Recado.Client.Media;
using Recado.Protocol;
using Recado.Protocol.Users;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>Whether numbers have WhatsApp. Each is given by the forms to try, in order.</summary>
[GenerateSerializer, Immutable, Alias("recado.check-numbers")]
internal sealed record CheckNumbers([property: Id(0)] IReadOnlyList<IReadOnlyList<string>> Numbers) : ClientRequest<CheckedNumbers>
{
    public override async Task<CheckedNumbers> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var found = new CheckedNumber[Numbers.Count];
        for (var form = 0; ; form++)
        {
            var left = Enumerable.Range(0, Numbers.Count).Where(i => found[i] is not { Exists: true } && Numbers[i].Count > form).ToList();
            if (left.Count == 0)
                return new CheckedNumbers([.. found.Select(number => number ?? CheckedNumber.Unknown)]);

            var statuses = await client.Contacts.IsOnWhatsAppAsync([.. left.Select(i => Numbers[i][form])], ct);
            for (var i = 0; i < left.Count; i++)
                found[left[i]] = CheckedNumber.Of(statuses[i]);
        }
    }
}

[GenerateSerializer, Immutable, Alias("recado.checked-numbers")]
internal sealed record CheckedNumbers([property: Id(0)] IReadOnlyList<CheckedNumber> Numbers);

[GenerateSerializer, Immutable, Alias("recado.checked-number")]
internal sealed record CheckedNumber(
    [property: Id(0)] bool Exists, [property: Id(1)] string? Jid, [property: Id(2)] string? Lid, [property: Id(3)] string? PhoneNumber,
    [property: Id(4)] bool IsBusiness, [property: Id(5)] string? VerifiedName)
{
    public static CheckedNumber Unknown { get; } = new(false, null, null, null, false, null);

    public static CheckedNumber Of(NumberStatus status) => new(
        status.IsOnWhatsApp, (status.PhoneNumber ?? status.Lid)?.ToString(), status.Lid?.ToString(), status.PhoneNumber?.User, status.IsBusiness,
        status.VerifiedName);
}

/// <summary>What a user shows of themselves.</summary>
[GenerateSerializer, Immutable, Alias("recado.read-contact")]
internal sealed record ReadContact : PersonRequest<ContactResponse>
{
    protected override async Task<ContactResponse?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct)
    {
        if (await client.Contacts.GetInfoAsync(user, ct) is not { } info)
            return null;

        var business = info.VerifiedName is null ? null : await client.Contacts.GetBusinessProfileAsync(user, ct);
        return ContactResponse.Of(info, business);
    }
}

/// <param name="Jid">By phone number when it is known.</param>
/// <param name="About">The about text; null when WhatsApp does not say.</param>
/// <param name="PictureId">Changes with the picture; null when there is none, or none for us.</param>
/// <param name="DisappearingSeconds">After how long messages of new chats disappear; 0 when they stay.</param>
[GenerateSerializer, Immutable, Alias("recado.contact")]
internal sealed record ContactResponse(
    [property: Id(0)] string Jid, [property: Id(1)] string? Lid, [property: Id(2)] string? PhoneNumber, [property: Id(3)] AboutResponse? About,
    [property: Id(4)] string? PictureId, [property: Id(5)] string? VerifiedName, [property: Id(6)] BusinessResponse? Business,
    [property: Id(7)] long? DisappearingSeconds)
{
    /// <summary>What the user calls themselves, when they have told this account.</summary>
    [Id(8)] public string? PushName { get; init; }

    public static ContactResponse Of(ContactInfo info, BusinessProfile? business) => new(
        (info.PhoneNumber ?? info.User).ToString(), info.Lid?.ToString(), info.PhoneNumber?.User, AboutResponse.Of(info.About), info.PictureId,
        info.VerifiedName, business is null ? null : BusinessResponse.Of(business), (long?)info.DisappearingTimer?.TotalSeconds);
}

/// <param name="IsHidden">Whether the user does not show it to us.</param>
[GenerateSerializer, Immutable, Alias("recado.about")]
internal sealed record AboutResponse([property: Id(0)] string Text, [property: Id(1)] DateTimeOffset? SetAt, [property: Id(2)] bool IsHidden)
{
    public static AboutResponse? Of(UserAbout? about) => about is null ? null : new(about.Text, about.At, about.IsHidden);
}

[GenerateSerializer, Immutable, Alias("recado.business")]
internal sealed record BusinessResponse(
    [property: Id(0)] string? Address, [property: Id(1)] string? Description, [property: Id(2)] string? Email,
    [property: Id(3)] IReadOnlyList<string> Websites, [property: Id(4)] IReadOnlyList<string> Categories, [property: Id(5)] string? TimeZone,
    [property: Id(6)] IReadOnlyList<HoursResponse> Hours)
{
    public static BusinessResponse Of(BusinessProfile profile) => new(
        profile.Address, profile.Description, profile.Email, [.. profile.Websites], [.. profile.Categories], profile.TimeZone,
        [.. profile.Hours.Select(day => new HoursResponse(day.Day, day.Mode, day.Opens?.ToString("HH:mm"), day.Closes?.ToString("HH:mm")))]);
}

/// <param name="Day"><c>sun</c> to <c>sat</c>.</param>
/// <param name="Mode"><c>specific_hours</c>, <c>open_24h</c> or <c>appointment_only</c>.</param>
[GenerateSerializer, Immutable, Alias("recado.business-hours")]
internal sealed record HoursResponse(
    [property: Id(0)] string Day, [property: Id(1)] string Mode, [property: Id(2)] string? Opens, [property: Id(3)] string? Closes);

/// <summary>A user's picture, unless it is still the known one.</summary>
[GenerateSerializer, Immutable, Alias("recado.read-picture")]
internal sealed record ReadPicture([property: Id(0)] bool IsPreview, [property: Id(1)] string? KnownId) : PersonRequest<PictureRead>
{
    protected override async Task<PictureRead?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct)
    {
        try
        {
            return await client.Contacts.GetPictureAsync(user, IsPreview, KnownId, ct) switch
            {
                PictureAnswer.Found found => new PictureRead(PictureOutcome.Found) { Id = found.Id, Jpeg = found.Jpeg },
                PictureAnswer.NotChanged => new PictureRead(PictureOutcome.NotChanged) { Id = KnownId },
                PictureAnswer.Hidden => new PictureRead(PictureOutcome.Hidden),
                _ => new PictureRead(PictureOutcome.None),
            };
        }
        catch (MediaException)
        {
            return new PictureRead(PictureOutcome.Unreachable);
        }
    }
}

[GenerateSerializer, Alias("recado.picture-outcome")]
internal enum PictureOutcome
{
    Found,
    NotChanged,
    None,
    Hidden,

    /// <summary>WhatsApp says where it lies, but it could not be fetched from there.</summary>
    Unreachable,
}

[GenerateSerializer, Immutable, Alias("recado.picture-read")]
internal sealed record PictureRead([property: Id(0)] PictureOutcome Outcome)
{
    [Id(1)] public string? Id { get; init; }

    [Id(2)] public byte[] Jpeg { get; init; } = [];
}

/// <summary>Blocks a user or lets them through again.</summary>
[GenerateSerializer, Immutable, Alias("recado.set-blocked")]
internal sealed record SetBlocked([property: Id(0)] bool IsBlocked) : PersonRequest<Done>
{
    protected override async Task<Done?> RunAsync(WhatsAppClient client, Jid user, CancellationToken ct)
    {
        var isDone = IsBlocked ? await client.Contacts.BlockAsync(user, ct) : await client.Contacts.UnblockAsync(user, ct);
        return isDone ? Done.Value : null;
    }
}

/// <summary>Who is blocked.</summary>
[GenerateSerializer, Immutable, Alias("recado.list-blocked")]
internal sealed record ListBlocked : ClientRequest<BlockedList>
{
    public override async Task<BlockedList> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        var blocked = await client.Contacts.ListBlockedAsync(ct);
        return new BlockedList([.. blocked.Select(user => new BlockedContact(
            (user.PhoneNumber ?? user.Lid).ToString(), user.Lid.ToString(), user.PhoneNumber?.User))]);
    }
}

[GenerateSerializer, Immutable, Alias("recado.blocked-list")]
internal sealed record BlockedList([property: Id(0)] IReadOnlyList<BlockedContact> Blocked);

/// <param name="Jid">By phone number when it is known.</param>
[GenerateSerializer, Immutable, Alias("recado.blocked-contact")]
internal sealed record BlockedContact([property: Id(0)] string Jid, [property: Id(1)] string Lid, [property: Id(2)] string? PhoneNumber);
