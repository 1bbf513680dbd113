using Google.Protobuf;
using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary>Single values between the protobuf and the content records, where empty and absent are one.</summary>
internal static class WireValues
{
    public static string? OrNull(this string text) => text.Length == 0 ? null : text;

    public static byte[]? OrNull(this ByteString bytes) => bytes.IsEmpty ? null : bytes.ToByteArray();

    public static Jid? ToJid(this string text) => Jid.TryParse(text, out var jid) ? jid : null;

    public static TimeSpan? ToDuration(this uint seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);

    public static uint ToWholeSeconds(this TimeSpan duration) => (uint)Math.Clamp(duration.TotalSeconds, 0, uint.MaxValue);

    public static MessageTarget? ToTarget(this MessageKey? key) => key is { Id.Length: > 0 }
        ? new(key.Id, key.RemoteJid.ToJid(), key.FromMe, key.Participant.ToJid())
        : null;

    public static MessageKey ToKey(this MessageTarget target)
    {
        var key = new MessageKey { FromMe = target.IsFromActor, Id = target.Id };
        if (target.Chat is { } chat)
            key.RemoteJid = chat.ToString();
        if (target.Author is { } author)
            key.Participant = author.ToString();

        return key;
    }
}
