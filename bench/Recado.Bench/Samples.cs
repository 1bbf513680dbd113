using Recado.Protocol;
using Recado.Protocol.Binary;

namespace Recado.Bench;

/// <summary>Three nodes of usual shape and exactly known size. <c>baileys/samples.mjs</c> has the same ones.</summary>
internal static class Samples
{
    /// <summary>41 bytes.</summary>
    public static Node Receipt { get; } = new(
        "receipt",
        [("id", "3EB05C95BD146C63F2CD5F"), ("t", "1795430816"), ("type", "read"), ("from", Jid.Parse("190000042987412@lid"))]);

    /// <summary>263 bytes: a text that reaches one device.</summary>
    public static Node Incoming { get; } = new(
        "message",
        [
            ("from", Jid.Parse("1900000429874:1@lid")),
            ("id", "3EB0F6855B2A06DDFE159C"),
            ("type", "text"),
            ("t", "1795429875"),
            ("notify", "Blice"),
            ("sender_pn", Jid.Parse("4915000429874@s.whatsapp.net")),
            ("addressing_mode", "lid"),
        ],
        [Enc("msg", 163)]);

    /// <summary>1,032 bytes: a text on its way to four devices.</summary>
    public static Node Outgoing { get; } = new(
        "message",
        [("id", "3EB0B7A41B4D886ABFDB00"), ("to", Jid.Parse("1900000429874@lid")), ("type", "text")],
        [
            new Node(
                "participants",
                [],
                [
                    To("1900000429873@lid", Enc("msg", 160)),
                    To("1900000429873:2@lid", Enc("msg", 160)),
                    To("1900000429874@lid", Enc("msg", 160)),
                    To("1900000429874:1@lid", Enc("pkmsg", 252)),
                ]),
            Node.Of("device-identity", Filler(150)),
        ]);

    public static IReadOnlyDictionary<string, Node> All { get; } =
        new Dictionary<string, Node> { ["receipt"] = Receipt, ["incoming"] = Incoming, ["outgoing"] = Outgoing };

    private static Node To(string jid, Node enc) => new("to", [("jid", Jid.Parse(jid))], [enc]);

    private static Node Enc(string type, int length) => new("enc", [("v", "2"), ("type", type)], Filler(length));

    private static byte[] Filler(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + 3))];
}
