using Recado.Protocol;

namespace Recado.Server.Features.Messages;

/// <summary>How requests name a chat: by its JID, or by the other side's phone number.</summary>
internal static class ChatName
{
    /// <summary>Digits alone mean the chat with that number.</summary>
    public static string Of(string chat) => chat.Length > 0 && chat.All(char.IsAsciiDigit) ? $"{chat}@{JidServer.PhoneNumber}" : chat;
}
