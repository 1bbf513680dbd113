using System.Globalization;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>Pictures of users; those of groups have a desk of their own. Their files lie on the media host, open to everyone who has the address.</summary>
internal sealed class PictureDesk(Exchange exchange)
{
    private const int LargestPicture = 512 * 1024, SmallestSide = 64, LargestSide = 640;

    /// <summary>The answer; <see langword="null"/> for a request that WhatsApp lets run into its time limit.</summary>
    public Node? Answer(Device device, Node iq) => iq.JidOf("target") is { IsGroup: true } group ? exchange.GroupPictures.Answer(device, iq, group)
        : iq["type"] == "set" ? Change(device, iq)
        : Get(device, iq);

    /// <summary>Sets or takes away an account's picture, and tells who may know.</summary>
    /// <param name="account">Whose.</param>
    /// <param name="author">The companion that did it; <see langword="null"/> for the phone.</param>
    /// <param name="jpeg">A square JPEG of at most 640 pixels; <see langword="null"/> for none.</param>
    /// <returns>Whether the picture was acceptable.</returns>
    public bool Set(Account account, Device? author, byte[]? jpeg)
    {
        if (jpeg is not null && !IsAcceptable(jpeg))
            return false;

        account.Profile.Picture = jpeg is null ? null : Make(jpeg, account.Profile.Picture);
        var change = jpeg is null
            ? new Node("delete", [("jid", account.PhoneJid), ("author", account.PhoneJid)])
            : new Node("set", [("jid", account.PhoneJid), ("id", account.Profile.Picture!.Id), ("author", account.PhoneJid)]);
        exchange.Changes.ToContacts(account, "picture", PrivacySettings.Picture, change);
        exchange.Changes.ToOwn(account, author, "picture", change);
        return true;
    }

    /// <summary>Whether the bytes are a JPEG that WhatsApp takes as a picture.</summary>
    public static bool IsAcceptable(byte[] jpeg) => jpeg.Length <= LargestPicture
        && JpegSize.Read(jpeg) is { Width: >= SmallestSide and <= LargestSide } size && size.Width == size.Height;

    /// <summary>A picture under the next id.</summary>
    public ProfilePicture Make(byte[] jpeg, ProfilePicture? before) => new(NextId(before), Convert.ToHexStringLower(exchange.Random.Bytes(8)), jpeg);

    /// <summary>The node that says where a picture lies.</summary>
    public Node Describe(ProfilePicture picture, string type)
    {
        var path = $"/v/{Media.MediaHost.PictureFolder}/{NameOf(picture)}?ccb=11-4";
        return new Node("picture", [("id", picture.Id), ("type", type), ("url", $"https://{exchange.Media.Address}{path}"), ("direct_path", path)]);
    }

    /// <summary>The file behind an address on the media host.</summary>
    public byte[]? Find(string name) => exchange.Read(() => exchange.Accounts.All.Select(account => account.Profile.Picture)
        .Concat(exchange.Groups.All.Select(group => group.Picture)).FirstOrDefault(picture => picture is not null && NameOf(picture) == name)?.Jpeg);

    private static string NameOf(ProfilePicture picture) => $"{picture.Id}_{picture.Key}_n.jpg";

    private Node? Get(Device device, Node iq)
    {
        if (iq.Child("picture") is not { } picture || !iq.IsJid("target") || iq.JidOf("target") is not { } target || picture["query"] != "url"
            || picture["type"] is not ("preview" or "image"))
        {
            exchange.Trace.Violation(device.ToString(), "A request for a picture lacks its target, or does not say which picture it wants.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        if (exchange.Accounts.Find(target) is not { } account)
            return Stanzas.Error(iq, 404, "item-not-found");
        if (iq.Child("tctoken") is not null || (picture.Child("tctoken") is not null && account == device.Account))
        {
            exchange.Trace.Violation(device.ToString(), "A request for a picture has its token beside it, or one for the own picture: it gets no answer.");
            return null;
        }

        if (!Visibility.Sees(device.Account, account, PrivacySettings.Picture, exchange.Visibility.IsTrusted(device, account, picture.Child("tctoken"))))
            return Stanzas.Error(iq, 401, "not-authorized");
        if (account.Profile.Picture is not { } shown)
            return Stanzas.Error(iq, 404, "item-not-found");
        if (picture["id"] == shown.Id)
            return Stanzas.Result(iq);

        return Stanzas.Result(iq, Describe(shown, picture["type"]!));
    }

    private Node Change(Device device, Node iq)
    {
        if (iq["target"] is not null)
        {
            exchange.Trace.Violation(device.ToString(), "A change of the own picture names a target.");
            return Stanzas.Error(iq, 400, "bad-request");
        }

        var picture = iq.Child("picture");
        if (picture is not null && picture["type"] != "image")
            return Stanzas.Error(iq, 400, "bad-request");
        if (!Set(device.Account, device, picture?.Bytes.ToArray()))
            return Stanzas.Error(iq, 406, "not-acceptable");

        return device.Account.Profile.Picture is { } now ? Stanzas.Result(iq, new Node("picture", [("id", now.Id)])) : Stanzas.Result(iq);
    }

    private string NextId(ProfilePicture? before)
    {
        var now = exchange.Now.ToUnixTimeSeconds();
        var last = long.TryParse(before?.Id, CultureInfo.InvariantCulture, out var id) ? id : 0;
        return Math.Max(now, last + 1).ToString(CultureInfo.InvariantCulture);
    }
}
