using System.Text.Json;

namespace Recado.Interop.Tests.Harness;

/// <summary>A message as Baileys sees it.</summary>
/// <param name="Id">Message id.</param>
/// <param name="Chat">The chat as Baileys names it.</param>
/// <param name="Participant">The author within a group; null elsewhere.</param>
/// <param name="FromMe">Whether a device of its own account sent it.</param>
/// <param name="Content">The protobuf as JSON, bytes in Base64.</param>
internal sealed record BaileysMessage(string Id, string Chat, string? Participant, bool FromMe, JsonElement Content)
{
    public static BaileysMessage Read(JsonElement e) => new(
        e.GetProperty("messageId").GetString()!, e.GetProperty("chat").GetString()!, e.GetProperty("participant").GetString(),
        e.GetProperty("fromMe").GetBoolean(), e.GetProperty("message"));
}

/// <summary>Values that JSON lacks, for the driver to make.</summary>
internal static class BaileysArgument
{
    /// <summary>What names a message that the client has seen or sent.</summary>
    public static object Key(string messageId) => new Dictionary<string, string> { ["$key"] = messageId };

    /// <summary>A message that the client has seen or sent.</summary>
    public static object Message(string messageId) => new Dictionary<string, string> { ["$message"] = messageId };
}
