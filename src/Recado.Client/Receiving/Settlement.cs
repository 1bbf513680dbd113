using Recado.Protocol.Binary;

namespace Recado.Client.Receiving;

/// <summary>The stanzas that settle a received stanza: until one of them arrives the service delivers it again.</summary>
internal static class Settlement
{
    /// <summary>Settles receipts, notifications and calls, and messages that need no receipt. With an error code it is a refusal.</summary>
    public static Node Ack(Node stanza, int? error = null) =>
        new(
            "ack",
            [
                ("id", stanza["id"]),
                ("class", stanza.Tag == "appdata" ? "message" : stanza.Tag),
                ("to", stanza.JidOf("from")),
                ("participant", stanza.JidOf("participant")),
                ("recipient", stanza.JidOf("recipient")),
                ("type", stanza.Tag == "message" ? null : stanza["type"]),
                ("error", error?.ToString()),
            ]);

    /// <summary>Settles a message that was handled.</summary>
    /// <param name="stanza">The message.</param>
    /// <param name="type">None for delivered; <c>inactive</c>, <c>sender</c> or <c>peer_msg</c>.</param>
    public static Node Receipt(Node stanza, string? type) =>
        new(
            "receipt",
            [
                ("id", stanza["id"]),
                ("to", stanza.JidOf("from")),
                ("participant", stanza.JidOf("participant")),
                ("recipient", stanza.JidOf("recipient")),
                ("type", type),
            ]);
}

/// <summary>Codes by which a client refuses a message.</summary>
internal static class NackCode
{
    public const int Parsing = 487;
    public const int UnknownStanza = 488;
    public const int InvalidProtobuf = 491;
    public const int MissingMessageSecret = 495;
    public const int Unhandled = 500;
}
