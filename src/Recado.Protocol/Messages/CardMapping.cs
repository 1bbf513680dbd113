using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Locations, contact cards and group invitations.</summary>
internal static class CardMapping
{
    public static MessageContent? Read(Message message)
    {
        if (message.LocationMessage is { } location)
            return Location(location);
        if (message.LiveLocationMessage is { } live)
            return LiveLocation(live);
        if (message.ContactMessage is { HasVcard: true } contact)
            return new ContactsContent([Card(contact)]) { Context = ContextMapping.Read(contact.ContextInfo) };
        if (message.ContactsArrayMessage is { } contacts)
            return Contacts(contacts);
        if (message.GroupInviteMessage is { } invite)
            return Invite(invite);

        return null;
    }

    public static LocationContent? Location(LocationMessage? location)
    {
        if (location is null || !IsPlace(location.DegreesLatitude, location.DegreesLongitude))
            return null;

        return new(location.DegreesLatitude, location.DegreesLongitude)
        {
            Name = location.Name.OrNull(),
            Address = location.Address.OrNull(),
            Url = location.Url.OrNull(),
            Comment = location.Comment.OrNull(),
            Thumbnail = location.JpegThumbnail.OrNull(),
            Context = ContextMapping.Read(location.ContextInfo),
        };
    }

    public static LocationMessage Write(LocationContent content)
    {
        var location = new LocationMessage
        {
            DegreesLatitude = content.Latitude,
            DegreesLongitude = content.Longitude,
            ContextInfo = ContextMapping.Write(content.Context),
        };
        if (content.Name is { } name)
            location.Name = name;
        if (content.Address is { } address)
            location.Address = address;
        if (content.Url is { } url)
            location.Url = url;
        if (content.Comment is { } comment)
            location.Comment = comment;
        if (content.Thumbnail is { } thumbnail)
            location.JpegThumbnail = ByteString.CopyFrom(thumbnail);

        return location;
    }

    public static LiveLocationMessage Write(LiveLocationContent content)
    {
        var live = new LiveLocationMessage
        {
            DegreesLatitude = content.Latitude,
            DegreesLongitude = content.Longitude,
            AccuracyInMeters = content.AccuracyInMeters,
            SpeedInMps = content.Speed,
            DegreesClockwiseFromMagneticNorth = content.Bearing,
            SequenceNumber = content.SequenceNumber,
            TimeOffset = content.TimeOffset,
            ContextInfo = ContextMapping.Write(content.Context),
        };
        if (content.Caption is { } caption)
            live.Caption = caption;
        if (content.Thumbnail is { } thumbnail)
            live.JpegThumbnail = ByteString.CopyFrom(thumbnail);

        return live;
    }

    public static Message Write(ContactsContent content)
    {
        var context = ContextMapping.Write(content.Context);
        if (content.Cards is [var card])
            return new() { ContactMessage = Contact(card, context) };

        var contacts = new ContactsArrayMessage { DisplayName = content.Title ?? $"{content.Cards.Count} contacts", ContextInfo = context };
        contacts.Contacts.AddRange(content.Cards.Select(card => Contact(card, context: null)));
        return new() { ContactsArrayMessage = contacts };
    }

    public static GroupInviteMessage Write(GroupInviteContent content)
    {
        var invite = new GroupInviteMessage
        {
            GroupJid = content.Group.ToString(),
            InviteCode = content.Code,
            ContextInfo = ContextMapping.Write(content.Context),
        };
        if (content.GroupName is { } name)
            invite.GroupName = name;
        if (content.Caption is { } caption)
            invite.Caption = caption;
        if (content.ExpiresAt is { } expiresAt)
            invite.InviteExpiration = expiresAt.ToUnixTimeSeconds();
        if (content.Thumbnail is { } thumbnail)
            invite.JpegThumbnail = ByteString.CopyFrom(thumbnail);

        return invite;
    }

    /// <summary>Neither NaN nor anything off the map.</summary>
    private static bool IsPlace(double latitude, double longitude) =>
        Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180;

    private static LiveLocationContent? LiveLocation(LiveLocationMessage live)
    {
        if (!IsPlace(live.DegreesLatitude, live.DegreesLongitude))
            return null;

        return new(live.DegreesLatitude, live.DegreesLongitude)
        {
            Caption = live.Caption.OrNull(),
            AccuracyInMeters = live.AccuracyInMeters,
            Speed = float.IsFinite(live.SpeedInMps) ? live.SpeedInMps : 0,
            Bearing = live.DegreesClockwiseFromMagneticNorth,
            SequenceNumber = live.SequenceNumber,
            TimeOffset = live.TimeOffset,
            Thumbnail = live.JpegThumbnail.OrNull(),
            Context = ContextMapping.Read(live.ContextInfo),
        };
    }

    private static ContactsContent? Contacts(ContactsArrayMessage contacts) => contacts.Contacts.Count == 0
        ? null
        : new([.. contacts.Contacts.Select(Card)], contacts.DisplayName.OrNull()) { Context = ContextMapping.Read(contacts.ContextInfo) };

    private static ContactCard Card(ContactMessage contact) => new(contact.DisplayName, contact.Vcard);

    private static ContactMessage Contact(ContactCard card, ContextInfo? context) =>
        new() { DisplayName = card.DisplayName, Vcard = card.VCard, ContextInfo = context };

    private static GroupInviteContent? Invite(GroupInviteMessage invite)
    {
        if (invite.GroupJid.ToJid() is not { IsGroup: true } group || invite.InviteCode.Length == 0)
            return null;

        return new(group, invite.InviteCode)
        {
            GroupName = invite.GroupName.OrNull(),
            Caption = invite.Caption.OrNull(),
            ExpiresAt = UnixTime.FromSeconds(invite.InviteExpiration),
            Thumbnail = invite.JpegThumbnail.OrNull(),
            Context = ContextMapping.Read(invite.ContextInfo),
        };
    }
}
