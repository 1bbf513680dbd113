namespace Recado.Protocol;

/// <summary>The servers a <see cref="Jid"/> can live on.</summary>
public static class JidServer
{
    /// <summary>Users by phone number (PN); with an empty user, the service itself.</summary>
    public const string PhoneNumber = "s.whatsapp.net";

    /// <summary>Users by their opaque number, the LID.</summary>
    public const string Lid = "lid";

    /// <summary>Groups; with an empty user, the group service.</summary>
    public const string Group = "g.us";

    /// <summary>The older form of <see cref="PhoneNumber"/>, still found in identifiers and contact queries.</summary>
    public const string LegacyUser = "c.us";

    /// <summary>Broadcast lists and the status feed.</summary>
    public const string Broadcast = "broadcast";

    /// <summary>Channels.</summary>
    public const string Newsletter = "newsletter";

    /// <summary>The companion of a <see cref="PhoneNumber"/> user that Meta hosts (Cloud API).</summary>
    public const string Hosted = "hosted";

    /// <summary>The companion of a <see cref="Lid"/> user that Meta hosts (Cloud API).</summary>
    public const string HostedLid = "hosted.lid";

    /// <summary>Meta AI and other bots.</summary>
    public const string Bot = "bot";

    /// <summary>Messenger users.</summary>
    public const string Messenger = "msgr";

    /// <summary>Users of other services, reached through interoperability.</summary>
    public const string Interop = "interop";

    /// <summary>Call links.</summary>
    public const string Call = "call";

    internal static bool IsKnown(ReadOnlySpan<char> server) => server is PhoneNumber or Lid or Group or LegacyUser or Broadcast
        or Newsletter or Hosted or HostedLid or Bot or Messenger or Interop or Call;
}
