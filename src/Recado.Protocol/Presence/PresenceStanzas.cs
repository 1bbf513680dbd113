using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Presence;

/// <summary>What someone does in a chat.</summary>
public enum ChatState
{
    /// <summary>Writes.</summary>
    Composing,

    /// <summary>Records a voice note.</summary>
    Recording,

    /// <summary>Neither any more.</summary>
    Paused,
}

/// <summary>Whether someone is there.</summary>
/// <param name="From">Who; a group for its number of members online.</param>
/// <param name="IsAvailable">Whether they are.</param>
/// <param name="LastSeen">When they last were; null when they do not tell.</param>
/// <param name="OnlineCount">How many members of the group are.</param>
public sealed record PresenceUpdate(Jid From, bool IsAvailable, DateTimeOffset? LastSeen = null, int? OnlineCount = null);

/// <summary>What someone does in a chat. It holds for some tens of seconds; its end may never be told.</summary>
/// <param name="Chat">The chat.</param>
/// <param name="Sender">Who.</param>
/// <param name="State">What they do.</param>
public sealed record ChatStateUpdate(Jid Chat, Jid Sender, ChatState State);

/// <summary>A token by which someone lets us see more of them.</summary>
/// <param name="Bytes">The token.</param>
/// <param name="IssuedAt">When it was issued.</param>
public sealed record TrustedContactToken(byte[] Bytes, DateTimeOffset IssuedAt)
{
    internal Node ToNode() => new("tctoken", [("t", IssuedAt.ToUnixTimeSeconds())], Bytes);
}

/// <summary>Presence and chat states, both ways. None of them is acknowledged.</summary>
public static class PresenceStanzas
{
    /// <summary>
    /// Tells everyone whether oneself is there. While one is, the phone shows no notifications, and others' presence is told.
    /// </summary>
    /// <param name="isAvailable">Whether one is.</param>
    /// <param name="pushName">The own name; the service wants one.</param>
    public static Node Own(bool isAvailable, string pushName) => new(
        "presence",
        [("name", pushName.Replace("@", "", StringComparison.Ordinal)), ("type", isAvailable ? "available" : "unavailable")]);

    /// <summary>Asks to be told of someone's presence, for as long as the connection lasts.</summary>
    public static Node Subscribe(string id, Jid user, TrustedContactToken? token = null) => new(
        "presence",
        [("to", user.ToUser()), ("id", id), ("type", "subscribe")],
        token is null ? [] : [token.ToNode()]);

    /// <summary>Tells a chat what oneself does there. To be repeated every ten seconds or so.</summary>
    /// <param name="chat">The chat.</param>
    /// <param name="state">What one does.</param>
    /// <param name="from">The own device, by the kind of name the chat uses; may be left out.</param>
    public static Node Chat(Jid chat, ChatState state, Jid? from = null) => new(
        "chatstate",
        [("from", from), ("to", chat)],
        state switch
        {
            ChatState.Composing => new Node("composing"),
            ChatState.Recording => new Node("composing", [("media", "audio")]),
            _ => new Node("paused"),
        });

    /// <summary>Reads a <c>presence</c>.</summary>
    /// <exception cref="ProtocolException">It does not say whose it is.</exception>
    public static PresenceUpdate ParsePresence(Node presence)
    {
        ArgumentNullException.ThrowIfNull(presence);
        return new(
            presence.RequiredJid("from"),
            presence["type"] is not "unavailable",
            UnixTime.FromSeconds(presence.NumberOf("last") ?? 0),
            presence.NumberOf("count") is >= 0 and <= int.MaxValue and var count ? (int)count : null);
    }

    /// <summary>Reads a <c>chatstate</c>; null for a state without a word here.</summary>
    /// <exception cref="ProtocolException">It does not say whose it is.</exception>
    public static ChatStateUpdate? ParseChatState(Node chatState)
    {
        ArgumentNullException.ThrowIfNull(chatState);
        var chat = chatState.RequiredJid("from");
        ChatState? state = chatState.Children switch
        {
            [{ Tag: "composing" } composing, ..] => composing["media"] == "audio" ? ChatState.Recording : ChatState.Composing,
            [{ Tag: "paused" }, ..] => ChatState.Paused,
            _ => null,
        };
        return state is null ? null : new(chat, chatState.JidOf("participant") ?? chat, state.Value);
    }
}
