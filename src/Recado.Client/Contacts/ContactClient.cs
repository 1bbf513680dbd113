using Recado.Client.Connection;
using Recado.Client.Media;
using Recado.Client.Pairing;
using Recado.Client.Sending;
using Recado.Client.Stores;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Presence;
using Recado.Protocol.Users;

namespace Recado.Client.Contacts;

/// <summary>What can be known about users, and who of them is blocked. Every question needs a connection. Thread-safe.</summary>
public sealed class ContactClient
{
    private const int LargestPicture = 4 * 1024 * 1024;

    private static readonly TimeSpan PictureTimeout = TimeSpan.FromSeconds(10); // some requests are never answered

    private readonly DeviceState _state;
    private readonly OwnDevice _own;
    private readonly LiveConnection _live;
    private readonly NumberChecks _numbers;
    private readonly HttpClient _http;
    private readonly ClientOptions _options;

    internal ContactClient(DeviceState state, OwnDevice own, LiveConnection live, NumberChecks numbers, HttpClient http, ClientOptions options) =>
        (_state, _own, _live, _numbers, _http, _options) = (state, own, live, numbers, http, options);

    /// <summary>
    /// Whether phone numbers have WhatsApp. Answers are kept, for days or, of numbers without, for hours; the service is asked once a second
    /// at most, for 20 numbers at a time, since accounts that ask much are banned.
    /// </summary>
    /// <param name="phoneNumbers">Numbers in international form, any punctuation.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>One status for each, in their order.</returns>
    /// <exception cref="ArgumentException">A number has fewer than 7 digits, more than 15, or begins with 0.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    /// <exception cref="RequestRefusedException">The service wants fewer questions (429).</exception>
    public Task<IReadOnlyList<NumberStatus>> IsOnWhatsAppAsync(IReadOnlyList<string> phoneNumbers, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(phoneNumbers);
        return _numbers.CheckAsync([.. phoneNumbers.Select(Digits)], ct);
    }

    /// <summary>What a user lets us know: about text, picture id, business name.</summary>
    /// <returns>Null when there is no such user.</returns>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<ContactInfo?> GetInfoAsync(Jid user, CancellationToken ct)
    {
        const UserFacts Facts = UserFacts.About | UserFacts.Picture | UserFacts.Business | UserFacts.DisappearingMode | UserFacts.Lid;
        var connection = _live.Require();
        var (target, token) = await AddressAsync(user, ct).ConfigureAwait(false);
        var tokens = token is null ? null : new Dictionary<Jid, TrustedContactToken> { [target] = token };
        var answer = await connection
            .RequestAsync(id => UserQuery.OfUsers(id, connection.NextId(), [target], Facts, tokens), ct)
            .ConfigureAwait(false);
        if (UserQuery.Parse(answer) is not [{ Jid: { } found } facts, ..] || (facts.OtherName is null && facts.About is null))
            return null;

        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        if (facts.OtherName != found)
            await device.LearnAsync(found, facts.OtherName, ct).ConfigureAwait(false);
        var (canonical, phone, lid) = await device.NamesAsync(found, ct).ConfigureAwait(false);
        if (!device.Changes.IsEmpty)
            device.Publish();
        return new(canonical, phone, lid)
        {
            About = facts.About,
            PictureId = facts.PictureId,
            VerifiedName = facts.VerifiedName is { } certificate ? VerifiedName.Read(certificate) : null,
            DisappearingTimer = facts.DisappearingMode,
        };
    }

    /// <summary>The picture of a user or group.</summary>
    /// <param name="target">Whose.</param>
    /// <param name="isPreview">Whether a small one is enough.</param>
    /// <param name="knownId">The id of the picture one has.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    /// <exception cref="RequestTimeoutException">The service did not answer, which it does not always do.</exception>
    /// <exception cref="MediaException">The picture's file cannot be had.</exception>
    public async Task<PictureAnswer> GetPictureAsync(Jid target, bool isPreview, string? knownId, CancellationToken ct)
    {
        var connection = _live.Require();
        var (address, token) = await AddressAsync(target, ct).ConfigureAwait(false);
        Node answer;
        try
        {
            answer = await AskForPictureAsync(connection, address, isPreview, token, knownId, ct).ConfigureAwait(false);
        }
        catch (RequestRefusedException refusal) when (refusal.Code is 404)
        {
            return new PictureAnswer.None();
        }
        catch (RequestRefusedException refusal) when (refusal.Code is 401 or 403)
        {
            return new PictureAnswer.Hidden();
        }

        if (UserRequests.ParsePicture(answer) is { } picture)
            return new PictureAnswer.Found(picture.Id, await DownloadAsync(picture.Url, ct).ConfigureAwait(false));

        return knownId is null || answer.Child("picture")?["status"] == "204" ? new PictureAnswer.None() : new PictureAnswer.NotChanged();
    }

    /// <summary>What a business says about itself.</summary>
    /// <returns>Null when the user is no business.</returns>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<BusinessProfile?> GetBusinessProfileAsync(Jid user, CancellationToken ct)
    {
        var connection = _live.Require();
        var (address, _) = await AddressAsync(user, ct).ConfigureAwait(false);
        return BusinessProfile.Parse(await connection.RequestAsync(id => UserRequests.BusinessProfile(id, address), ct).ConfigureAwait(false));
    }

    /// <summary>The users who are blocked.</summary>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public async Task<IReadOnlyList<BlockedUser>> ListBlockedAsync(CancellationToken ct)
    {
        var answer = await _live.Require().RequestAsync(UserRequests.BlockList, ct).ConfigureAwait(false);
        var blocked = new List<BlockedUser>();
        using var device = await _state.BeginAsync(ct).ConfigureAwait(false);
        foreach (var item in answer.Child("list")?.ChildrenOf("item") ?? [])
        {
            if (item.JidOf("jid") is not { IsLid: true } lid)
                continue;

            await device.LearnAsync(lid, item.JidOf("pn_jid"), ct).ConfigureAwait(false);
            blocked.Add(new(lid.ToUser(), await device.PhoneNumberOfAsync(lid, ct).ConfigureAwait(false)));
        }

        if (!device.Changes.IsEmpty)
            device.Publish();
        return blocked;
    }

    /// <summary>Blocks a user: nothing of theirs arrives any more, and they see nothing of ours.</summary>
    /// <returns>False when there is no such user.</returns>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task<bool> BlockAsync(Jid user, CancellationToken ct) => SetBlockedAsync(user, isBlocked: true, ct);

    /// <summary>Lets a blocked user through again.</summary>
    /// <returns>False when there is no such user.</returns>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task<bool> UnblockAsync(Jid user, CancellationToken ct) => SetBlockedAsync(user, isBlocked: false, ct);

    private static string Digits(string phoneNumber)
    {
        var digits = string.Concat(phoneNumber.Where(char.IsAsciiDigit));
        return digits.Length is >= 7 and <= 15 && digits[0] != '0'
            ? digits
            : throw new ArgumentException(
                "A phone number has 7 to 15 digits in international form and does not begin with 0.", nameof(phoneNumber));
    }

    private async Task<bool> SetBlockedAsync(Jid user, bool isBlocked, CancellationToken ct)
    {
        var connection = _live.Require();
        var (lid, phone) = await NamesOfAsync(user, ct).ConfigureAwait(false);
        if (lid is null || (isBlocked && phone is null))
        {
            if (await GetInfoAsync(user, ct).ConfigureAwait(false) is null)
                return false;

            (lid, phone) = await NamesOfAsync(user, ct).ConfigureAwait(false);
        }

        if (lid is not { } known || (isBlocked && phone is null))
            return false;

        await connection
            .RequestAsync(id => isBlocked ? UserRequests.Block(id, known, phone!.Value) : UserRequests.Unblock(id, known), ct)
            .ConfigureAwait(false);
        return true;
    }

    private async ValueTask<(Jid? Lid, Jid? PhoneNumber)> NamesOfAsync(Jid user, CancellationToken ct)
    {
        using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
        var (_, phone, lid) = await device.NamesAsync(user, ct).ConfigureAwait(false);
        return (lid, phone);
    }

    /// <summary>How the service knows the user, and what lets us see more of them. For oneself and for groups a token would be a mistake.</summary>
    private async ValueTask<(Jid Address, TrustedContactToken? Token)> AddressAsync(Jid user, CancellationToken ct)
    {
        if (user.IsGroup)
            return (user, null);

        using var device = await _state.BeginNowAsync(ct).ConfigureAwait(false);
        var address = await device.CanonicalAsync(user, ct).ConfigureAwait(false);
        return _own.Paired.IsOwn(address)
            ? (address, null)
            : (address, await TrustedContacts.FindTokenAsync(device, address, _options.Time.GetUtcNow(), ct).ConfigureAwait(false));
    }

    private static async Task<Node> AskForPictureAsync(
        ServiceConnection connection, Jid target, bool isPreview, TrustedContactToken? token, string? knownId, CancellationToken ct)
    {
        try
        {
            return await connection
                .RequestAsync(id => UserRequests.Picture(id, target, isPreview, token, knownId), ct, PictureTimeout)
                .ConfigureAwait(false);
        }
        catch (RequestTimeoutException) when (token is not null)
        {
            return await connection
                .RequestAsync(id => UserRequests.Picture(id, target, isPreview, token: null, knownId), ct, PictureTimeout)
                .ConfigureAwait(false);
        }
    }

    private async Task<byte[]> DownloadAsync(string address, CancellationToken ct)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttps)
            throw new MediaException(MediaError.Incomplete, "WhatsApp does not say where the picture lies.");

        using var guard = new StallGuard(_options.MediaStallTimeout, _options.Time, ct);
        try
        {
            using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, guard.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw new MediaException(MediaError.Gone, $"The media hosts do not have the picture (status {(int)response.StatusCode}).");
            if (response.Content.Headers.ContentLength > LargestPicture)
                throw TooLarge();

            using var picture = new MemoryStream();
            var body = await response.Content.ReadAsStreamAsync(guard.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                var piece = new byte[16 * 1024];
                int count;
                while ((count = await body.ReadAsync(piece, guard.Token).ConfigureAwait(false)) > 0)
                {
                    if (picture.Length + count > LargestPicture)
                        throw TooLarge();
                    picture.Write(piece, 0, count);
                }
            }

            return picture.ToArray();
        }
        catch (Exception cause) when (cause is HttpRequestException or IOException || (cause is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new MediaException(MediaError.Unreachable, $"The download of the picture broke off: {cause.Message}", cause);
        }

        static MediaException TooLarge() => new(MediaError.TooLarge, $"The picture is larger than {LargestPicture} bytes.");
    }
}
