using Recado.Client;
using Recado.Server.Features.Sessions;

namespace Recado.Server.Features.People;

/// <summary>Reads the account's own profile, after changing what is given.</summary>
/// <param name="Name">A new name.</param>
/// <param name="About">A new about text; empty for none.</param>
[GenerateSerializer, Immutable, Alias("recado.change-profile")]
internal sealed record ChangeProfile([property: Id(0)] string? Name = null, [property: Id(1)] string? About = null) : ClientRequest<ProfileAnswer>
{
    public override async Task<ProfileAnswer> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        try
        {
            if (Name is not null)
                await client.Profile.SetNameAsync(Name, ct);
        }
        catch (AppStateUnavailableException cause)
        {
            return new ProfileAnswer(Profile: null, cause.Message);
        }

        if (About is not null)
            await client.Profile.SetAboutAsync(About, ct);

        var self = client.PhoneNumberJid?.ToUser() ?? throw new ConnectionException("The session is not linked.");
        var info = await client.Contacts.GetInfoAsync(self, ct);
        var profile = new ProfileRead(
            self.ToString(), client.LidJid?.ToUser().ToString(), self.User, await client.Profile.GetNameAsync(ct), AboutResponse.Of(info?.About), info?.PictureId);
        return new ProfileAnswer(profile, WhyUnavailable: null);
    }
}

/// <param name="Profile">The profile; null when nothing was changed.</param>
/// <param name="WhyUnavailable">Why the account's settings cannot be changed at the moment.</param>
[GenerateSerializer, Immutable, Alias("recado.profile-answer")]
internal sealed record ProfileAnswer([property: Id(0)] ProfileRead? Profile, [property: Id(1)] string? WhyUnavailable);

/// <param name="Name">The name others see; null when the session has not heard it yet.</param>
[GenerateSerializer, Immutable, Alias("recado.profile")]
internal sealed record ProfileRead(
    [property: Id(0)] string Jid, [property: Id(1)] string? Lid, [property: Id(2)] string PhoneNumber, [property: Id(3)] string? Name,
    [property: Id(4)] AboutResponse? About, [property: Id(5)] string? PictureId);

/// <summary>Sets the account's own picture, or takes it away.</summary>
/// <param name="Jpeg">A square JPEG; null for none.</param>
[GenerateSerializer, Immutable, Alias("recado.set-own-picture")]
internal sealed record SetOwnPicture([property: Id(0)] byte[]? Jpeg) : ClientRequest<OwnPictureSet>
{
    public override async Task<OwnPictureSet> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        if (Jpeg is not null)
            return new OwnPictureSet(await client.Profile.SetPictureAsync(Jpeg, ct));

        await client.Profile.RemovePictureAsync(ct);
        return new OwnPictureSet(null);
    }
}

/// <param name="PictureId">Its id, if there is one and WhatsApp tells.</param>
[GenerateSerializer, Immutable, Alias("recado.own-picture-set")]
internal sealed record OwnPictureSet([property: Id(0)] string? PictureId);

/// <summary>Reads the account's privacy settings, after changing what is given.</summary>
[GenerateSerializer, Immutable, Alias("recado.change-privacy")]
internal sealed record ChangePrivacy([property: Id(0)] Dictionary<string, string> Settings) : ClientRequest<PrivacyRead>
{
    public override async Task<PrivacyRead> RunAsync(WhatsAppClient client, CancellationToken ct)
    {
        foreach (var (name, value) in Settings)
            await client.Profile.SetPrivacyAsync(name, value, ct);

        return new PrivacyRead((await client.Profile.GetPrivacyAsync(ct)).ToDictionary());
    }
}

[GenerateSerializer, Immutable, Alias("recado.privacy")]
internal sealed record PrivacyRead([property: Id(0)] Dictionary<string, string> Privacy);
