using Recado.Protocol.Binary;
using Recado.Protocol.Messages;

namespace Recado.Protocol.Calls;

/// <summary>What happens to a call.</summary>
public enum CallSignal
{
    /// <summary>Someone calls.</summary>
    Offer,

    /// <summary>Another device rings already.</summary>
    PreAccept,

    /// <summary>It was taken, here or elsewhere.</summary>
    Accept,

    /// <summary>It was rejected, here or elsewhere.</summary>
    Reject,

    /// <summary>It has ended; <see cref="CallUpdate.Reason"/> says why.</summary>
    Terminate,

    /// <summary>The devices agree on how to reach each other. Of no interest to those who do not speak.</summary>
    Negotiation,

    /// <summary>Something this version has no word for.</summary>
    Other,
}

/// <summary>News of a call. Only an offer says all about it; later news are known by the same <see cref="CallId"/>.</summary>
/// <param name="Signal">What happens.</param>
/// <param name="CallId">The call.</param>
/// <param name="From">Which device says so.</param>
/// <param name="Creator">Who called.</param>
public sealed record CallUpdate(CallSignal Signal, string CallId, Jid From, Jid Creator)
{
    /// <summary>The caller's phone number, when it is known.</summary>
    public Jid? CallerPhoneNumber { get; init; }

    /// <summary>The name the caller gave themselves.</summary>
    public string? CallerName { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Whether it was told while we were away.</summary>
    public bool IsOffline { get; init; }

    /// <summary>Whether it is a video call.</summary>
    public bool IsVideo { get; init; }

    /// <summary>Whether it is a group call.</summary>
    public bool IsGroup { get; init; }

    /// <summary>The group.</summary>
    public Jid? Group { get; init; }

    /// <summary>Why it ended, such as <c>timeout</c> or <c>accepted_elsewhere</c>.</summary>
    public string? Reason { get; init; }
}

/// <summary>Calls, as far as they can be seen and rejected; what is spoken goes elsewhere.</summary>
public static class CallStanzas
{
    private const string Video = "video";

    /// <summary>Reads a <c>call</c>; null when it says nothing.</summary>
    /// <exception cref="ProtocolException">It does not say which call it is.</exception>
    public static CallUpdate? Parse(Node call)
    {
        ArgumentNullException.ThrowIfNull(call);
        if (call.Children is not [var news, ..])
            return null;

        var from = call.RequiredJid("from");
        var group = news.JidOf("group-jid");
        return new(Signal(news.Tag), news.Required("call-id"), from, news.JidOf("call-creator") ?? from)
        {
            CallerPhoneNumber = news.JidOf("caller_pn"),
            CallerName = call["notify"],
            At = UnixTime.FromSeconds(call.NumberOf("t") ?? 0),
            IsOffline = call["offline"] is not null,
            IsVideo = news.Child(Video) is not null || news["media"] == Video,
            IsGroup = group is not null || news["type"] == "group",
            Group = group,
            Reason = news["reason"],
        };
    }

    /// <summary>Rejects a call.</summary>
    /// <param name="id">The id of the stanza.</param>
    /// <param name="self">The own JID.</param>
    /// <param name="call">The call, as it was offered.</param>
    public static Node Reject(string id, Jid self, CallUpdate call)
    {
        ArgumentNullException.ThrowIfNull(call);
        return new(
            "call",
            [("from", self), ("to", call.From), ("id", id)],
            new Node("reject", [("call-id", call.CallId), ("call-creator", call.Creator), ("count", "0")]));
    }

    private static CallSignal Signal(string tag) => tag switch
    {
        "offer" or "offer_notice" => CallSignal.Offer,
        "preaccept" => CallSignal.PreAccept,
        "accept" => CallSignal.Accept,
        "reject" => CallSignal.Reject,
        "terminate" => CallSignal.Terminate,
        "transport" or "relaylatency" => CallSignal.Negotiation,
        _ => CallSignal.Other,
    };
}
