using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Recado.Server.Storage;

namespace Recado.Server.Features.Sessions;

/// <summary>What to change about a session. A member that is absent changes nothing, which null does.</summary>
public sealed record ChangeSessionRequest
{
    /// <summary>What the user calls the session; null for no name.</summary>
    [StringLength(OwnedSessions.LongestName, ErrorMessage = OwnedSessions.NameIsTooLong)]
    public string? Name
    {
        get;
        init => (field, HasName) = (value, true);
    }

    /// <summary>The settings to change.</summary>
    public ChangeSettingsRequest? Settings { get; init; }

    [JsonIgnore]
    internal bool HasName { get; private init; }

    internal SessionRow ApplyTo(SessionRow row) => row with
    {
        Name = !HasName ? row.Name : string.IsNullOrWhiteSpace(Name) ? null : Name.Trim(),
        Settings = Settings is null ? row.Settings : Settings.ApplyTo(row.Settings),
    };
}

/// <summary>Settings to change.</summary>
public sealed record ChangeSettingsRequest
{
    /// <summary>Whether calls are rejected as soon as they ring.</summary>
    public bool? RejectCalls { get; init; }

    /// <summary>What to write to a caller whose call was rejected; null for nothing.</summary>
    [StringLength(4096, MinimumLength = 1, ErrorMessage = "'rejectCallsMessage' must have 1 to 4096 characters, or be null.")]
    public string? RejectCallsMessage
    {
        get;
        init => (field, HasMessage) = (value, true);
    }

    /// <summary>
    /// Whether the first message of somebody unknown makes a lead: <c>off</c>, <c>on</c>, or <c>ad</c> for those who come by a click-to-WhatsApp ad.
    /// </summary>
    [AllowedValues(null, LeadModes.Off, LeadModes.On, LeadModes.Ad, ErrorMessage = "'leads' must be 'off', 'on' or 'ad'.")]
    public string? Leads { get; init; }

    [JsonIgnore]
    internal bool HasMessage { get; private init; }

    internal SessionSettings ApplyTo(SessionSettings settings) => settings with
    {
        RejectCalls = RejectCalls ?? settings.RejectCalls,
        RejectCallsMessage = HasMessage ? RejectCallsMessage : settings.RejectCallsMessage,
        Leads = Leads ?? settings.Leads,
    };
}
