using System.Text.Json;
using Recado.Protocol.Messages;
using Recado.Simulator.Faults;

namespace Recado.Simulator.Control;

/// <summary>What a client must know to connect.</summary>
/// <param name="WebSocketUrl">Where it connects.</param>
/// <param name="RootPublicKey">Root of the service's certificates, 64 hex digits.</param>
/// <param name="MediaHost">Host and port for files, over HTTPS.</param>
/// <param name="Ca">PEM of the authority behind the media host's certificate.</param>
public sealed record InfoResponse(string WebSocketUrl, string RootPublicKey, string MediaHost, string Ca);

/// <summary>An account to add.</summary>
/// <param name="Phone">International number, 7 to 15 digits.</param>
/// <param name="Name">Push name; the number when absent.</param>
public sealed record AddAccountRequest(string? Phone, string? Name = null);

/// <summary>An account.</summary>
/// <param name="Phone">Number, digits only.</param>
/// <param name="Name">Push name.</param>
/// <param name="Jid">JID by number.</param>
/// <param name="Lid">JID by LID.</param>
/// <param name="Devices">Linked devices.</param>
public sealed record AccountResponse(string Phone, string Name, string Jid, string Lid, IReadOnlyList<LinkedDevice> Devices);

/// <summary>A code to scan.</summary>
/// <param name="Qr">Text of the QR code.</param>
public sealed record ScanRequest(string? Qr);

/// <summary>The device that was linked.</summary>
/// <param name="Device">Its number.</param>
public sealed record ScanResponse(int Device);

/// <summary>A message to send; either a text or a message.</summary>
/// <param name="To">A number (addressed by LID) or a JID (addressed as given).</param>
/// <param name="Text">The text, at most 65,536 characters.</param>
/// <param name="Message">A message in protobuf JSON, such as <c>{"conversation":"hello"}</c>.</param>
/// <param name="Referral">Of a text, where its author comes from, such as an ad: <c>{"ctwaClid":"…","sourceUrl":"…"}</c>.</param>
public sealed record SendRequest(string? To, string? Text = null, JsonElement? Message = null, MessageReferral? Referral = null);

/// <summary>The message that was sent.</summary>
/// <param name="Id">Its id.</param>
public sealed record SentResponse(string Id);

/// <summary>Messages to read.</summary>
/// <param name="Ids">Their ids; all unread ones when absent.</param>
public sealed record ReadRequest(IReadOnlyList<string>? Ids = null);

/// <summary>Messages that were read.</summary>
/// <param name="Ids">Their ids.</param>
public sealed record ReadResponse(IReadOnlyList<string> Ids);

/// <summary>A device to unlink.</summary>
/// <param name="Device">Its number.</param>
public sealed record UnlinkRequest(int Device);

/// <summary>Which connections are meant.</summary>
/// <param name="Phone">Those of this account; all when absent.</param>
public sealed record ConnectionsRequest(string? Phone = null);

/// <summary>A stream error to send.</summary>
/// <param name="Code">Value of the <c>code</c> attribute, such as 515 or 503; none when absent.</param>
/// <param name="Conflict">Type of a <c>conflict</c> child: <c>replaced</c> or <c>device_removed</c>; none when absent.</param>
/// <param name="Phone">To the connections of this account; to all when absent.</param>
public sealed record StreamErrorRequest(int? Code = null, string? Conflict = null, string? Phone = null);

/// <summary>A fault to plan.</summary>
/// <param name="Kind">
/// <c>corrupt</c>, <c>nack</c>, <c>delay</c>, <c>duplicate</c>, <c>drop-ack</c>, <c>wrong-hash</c>, <c>refuse-login</c>, <c>ignore-iq</c>, <c>refuse-iq</c>,
/// <c>wrong-pairing-hmac</c>, <c>wrong-pairing-signature</c>, <c>compress</c>, <c>split</c>, <c>cut-frame</c>, <c>refuse-upload</c>,
/// <c>refuse-download</c>, <c>corrupt-download</c>, <c>cut-download</c>,
/// <c>ignore-peer-request</c>, <c>withhold</c>, <c>corrupt-app-state</c> or <c>conflict-app-state</c>.
/// </param>
/// <param name="Count">How many times. Default: once.</param>
/// <param name="Phone">Only for companions of this number; for all when absent.</param>
/// <param name="Code">Error code of <c>nack</c> (default 500), reason of <c>refuse-login</c> (default 503), code of <c>refuse-iq</c> (default 429).</param>
/// <param name="DelayMs">Milliseconds of <c>delay</c>. Default: 1000.</param>
/// <param name="Xmlns">With <c>refuse-iq</c> and <c>ignore-iq</c>: only those of this namespace; any when absent.</param>
public sealed record FaultRequest(
    string? Kind, int? Count = null, string? Phone = null, int? Code = null, int? DelayMs = null, string? Xmlns = null)
{
    private const int MaxCount = 1_000_000, MaxDelay = 3_600_000;

    /// <exception cref="BadRequestException">A member makes no sense.</exception>
    internal Fault ToFault()
    {
        if (!Enum.TryParse<FaultKind>(Kind?.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var kind) || int.TryParse(Kind, out _))
            throw new BadRequestException($"There is no fault '{Kind}'. Kinds: {string.Join(", ", Enum.GetValues<FaultKind>().Select(FaultResponse.NameOf))}.");
        if (Count is < 1 or > MaxCount)
            throw new BadRequestException($"A count lies between 1 and {MaxCount}.");
        if (DelayMs is < 0 or > MaxDelay)
            throw new BadRequestException($"A delay lies between 0 and {MaxDelay} ms.");

        return new Fault(kind, Count ?? 1, Phone, Code, DelayMs is { } ms ? TimeSpan.FromMilliseconds(ms) : null, Xmlns);
    }
}

/// <summary>A fault to come.</summary>
/// <param name="Kind">What goes wrong.</param>
/// <param name="Count">How many times still.</param>
/// <param name="Phone">For companions of this number; for all when absent.</param>
/// <param name="Code">Error code.</param>
/// <param name="DelayMs">Milliseconds of delay.</param>
/// <param name="Xmlns">The namespace it is for.</param>
public sealed record FaultResponse(string Kind, int Count, string? Phone, int? Code, int? DelayMs, string? Xmlns)
{
    internal static FaultResponse From(Fault fault) =>
        new(NameOf(fault.Kind), fault.Count, fault.Phone, fault.Code, (int?)fault.Delay?.TotalMilliseconds, fault.Xmlns);

    /// <summary>The kind in words with dashes.</summary>
    internal static string NameOf(FaultKind kind) =>
        string.Concat(kind.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
