using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Recado.Protocol.Signal;

namespace Recado.Protocol;

/// <summary>
/// Address of a user, device, group, list or of the service itself: <c>user[.agent][:device]@server</c>.
/// A value type; compares by all its parts, ordinal.
/// </summary>
public readonly partial record struct Jid
{
    private const NumberStyles DigitsOnly = NumberStyles.None;

    // A second separator, blanks and control characters have no place in a JID.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 0x21).Select(c => (char)c), '@', '/', '\u007f']);

    /// <summary>The service itself, <c>s.whatsapp.net</c> without a user.</summary>
    public static readonly Jid Service = new("", JidServer.PhoneNumber);

    /// <summary>The list every status update is sent to, <c>status@broadcast</c>.</summary>
    public static readonly Jid StatusBroadcast = new("status", JidServer.Broadcast);

    // Null rather than empty, so that default(Jid) equals a JID built from empty parts.
    private readonly string? _user;
    private readonly string? _server;

    /// <summary>Creates the address of a user, or of one of its devices (0: the primary device, or the user as such).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The device exceeds 255 on a server whose wire form has one byte for it.</exception>
    public Jid(string user, string server, ushort device = 0)
        : this(user, server, device, agent: 0, integrator: 0)
    {
    }

    internal Jid(string user, string server, ushort device, byte agent, ushort integrator)
    {
        if (device > MaxDevice(server))
            throw new ArgumentOutOfRangeException(nameof(device), device, $"Devices of '{server}' are numbered up to {MaxDevice(server)}.");

        _user = string.IsNullOrEmpty(user) ? null : user;
        _server = string.IsNullOrEmpty(server) ? null : server;
        Device = device;
        Agent = agent;
        Integrator = integrator;
    }

    /// <summary>Phone number, LID or name of the group; empty for the server itself.</summary>
    public string User => _user ?? "";

    /// <summary>One of <see cref="JidServer"/>, or a server this version does not know.</summary>
    public string Server => _server ?? "";

    /// <summary>Device number; 0 is the primary device, or the user as such.</summary>
    public ushort Device { get; }

    /// <summary>Raw agent byte of an address whose domain is unknown; 0 otherwise.</summary>
    public byte Agent { get; }

    /// <summary>The service an <see cref="JidServer.Interop"/> user belongs to; 0 otherwise.</summary>
    public ushort Integrator { get; }

    /// <summary>A server without a user.</summary>
    public bool IsServer => _user is null && _server is not null;

    /// <summary>A user by phone number, whichever of the three servers carries it.</summary>
    public bool IsPhoneNumber => _user is not null && Server is JidServer.PhoneNumber or JidServer.LegacyUser or JidServer.Hosted;

    /// <summary>A user by LID.</summary>
    public bool IsLid => _user is not null && Server is JidServer.Lid or JidServer.HostedLid;

    /// <summary>A group.</summary>
    public bool IsGroup => _user is not null && Server is JidServer.Group;

    /// <summary>A broadcast list, or the status feed.</summary>
    public bool IsBroadcast => Server is JidServer.Broadcast;

    /// <summary>The status feed.</summary>
    public bool IsStatusBroadcast => this == StatusBroadcast;

    /// <summary>A channel.</summary>
    public bool IsNewsletter => Server is JidServer.Newsletter;

    /// <summary>A bot, by its own server or by one of the phone numbers reserved for bots.</summary>
    public bool IsBot => Server is JidServer.Bot
        || (Server is JidServer.PhoneNumber or JidServer.LegacyUser && Device == 0 && BotNumber().IsMatch(User));

    /// <summary>The AD_JID domain byte that stands for the server, or null when the server has none.</summary>
    internal byte? Domain => Server switch
    {
        JidServer.PhoneNumber => 0,
        JidServer.Lid => 1,
        JidServer.Hosted => 128,
        JidServer.HostedLid => 129,
        _ => null,
    };

    /// <summary>The same user without device and agent, on the server it is stored under: <c>c.us</c> and <c>hosted</c>
    /// become <c>s.whatsapp.net</c>, <c>hosted.lid</c> becomes <c>lid</c>.</summary>
    public Jid ToUser() => new(
        User,
        Server switch
        {
            JidServer.LegacyUser or JidServer.Hosted => JidServer.PhoneNumber,
            JidServer.HostedLid => JidServer.Lid,
            var server => server,
        },
        device: 0,
        agent: 0,
        Integrator);

    /// <summary>The same user with another device number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The server has no such device number.</exception>
    public Jid WithDevice(ushort device) => new(User, Server, device, Agent, Integrator);

    /// <summary>The name under which libsignal sessions with this device are kept: LID and hosted users carry their domain, <c>user_1</c>.</summary>
    public SignalAddress ToSignalAddress() => new(Domain is > 0 and var domain ? $"{User}_{domain}" : User, Device);

    /// <summary>The usual text form. The server itself is its bare name; device and agent appear when they are not 0.</summary>
    public override string ToString()
    {
        if (_user is null)
            return Server;

        var user = Integrator > 0 ? $"{Integrator}-{User}" : User;
        return (Agent, Device) switch
        {
            (0, 0) => $"{user}@{Server}",
            (0, _) => $"{user}:{Device}@{Server}",
            _ => $"{user}.{Agent}:{Device}@{Server}",
        };
    }

    /// <summary>The text form that always shows agent and device, <c>user.0:0@server</c>; participant hashes are made of it.</summary>
    public string ToAdString() => $"{User}.{Agent}:{Device}@{Server}";

    /// <summary>Parses the text form.</summary>
    /// <exception cref="ProtocolException">The text is no JID (<see cref="ProtocolError.InvalidJid"/>). The message does not repeat the text.</exception>
    public static Jid Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out var jid)
            ? jid
            : throw ProtocolException.InvalidJid("A JID looks like user@server, user:device@server, or the name of a known server.");
    }

    /// <summary>Parses the text form. Text without <c>@</c> is accepted only when it names a server of <see cref="JidServer"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Jid jid)
    {
        jid = default;
        if (string.IsNullOrEmpty(text))
            return false;

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            if (!JidServer.IsKnown(text))
                return false;
            jid = new Jid("", text);
            return true;
        }

        return TryParse(text.AsSpan(0, at), text[(at + 1)..], out jid);
    }

    private static bool TryParse(ReadOnlySpan<char> user, string server, out Jid jid)
    {
        jid = default;
        ushort agent = 0, integrator = 0;

        if (server.Length == 0 || server.AsSpan().ContainsAny(Forbidden) || user.ContainsAny(Forbidden))
            return false;
        if (!TryCutNumber(ref user, ':', MaxDevice(server), out var device))
            return false;
        if (HasAgents(server) && !TryCutNumber(ref user, '.', byte.MaxValue, out agent))
            return false;
        if (server is JidServer.Interop && user.IndexOf('-') is > 0 and var dash && ushort.TryParse(user[..dash], DigitsOnly, null, out integrator))
            user = user[(dash + 1)..];
        if (user.IsEmpty && (device | agent | integrator) != 0)
            return false;

        jid = new Jid(user.ToString(), server, device, (byte)agent, integrator);
        return true;
    }

    /// <summary>Cuts <c>separator number</c> off the end; true with 0 when there is no separator.</summary>
    private static bool TryCutNumber(ref ReadOnlySpan<char> text, char separator, ushort max, out ushort number)
    {
        number = 0;
        var at = text.IndexOf(separator);
        if (at < 0)
            return true;
        if (!ushort.TryParse(text[(at + 1)..], DigitsOnly, null, out number) || number > max)
            return false;

        text = text[..at];
        return true;
    }

    /// <summary>Elsewhere a point is part of the user's name.</summary>
    private static bool HasAgents(string server) =>
        server is JidServer.PhoneNumber or JidServer.LegacyUser or JidServer.Lid or JidServer.Hosted or JidServer.HostedLid;

    private static ushort MaxDevice(string server) =>
        server is JidServer.Messenger or JidServer.Interop ? ushort.MaxValue : byte.MaxValue;

    [GeneratedRegex(@"^(1313555\d{4}|131655500\d{2})\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BotNumber();
}
