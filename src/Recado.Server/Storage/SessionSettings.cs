using System.Text.Json;
using Recado.Server.Hosting;

namespace Recado.Server.Storage;

/// <summary>What a user has decided about a session. Stored as a JSON object; members that it lacks have the values given here.</summary>
internal sealed record SessionSettings
{
    /// <summary>Whether calls are rejected as soon as they ring.</summary>
    public bool RejectCalls { get; init; }

    /// <summary>What to write to a caller whose call was rejected; null for nothing.</summary>
    public string? RejectCallsMessage { get; init; }

    /// <summary>Whether the first message of somebody unknown makes a lead: one of <see cref="LeadModes"/>.</summary>
    public string Leads { get; init; } = LeadModes.Off;

    public static SessionSettings Parse(string? json) =>
        json is null ? new() : JsonSerializer.Deserialize<SessionSettings>(json, RecadoJson.Options) ?? new();

    public string ToJson() => JsonSerializer.Serialize(this, RecadoJson.Options);
}
