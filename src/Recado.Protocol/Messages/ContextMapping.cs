using Recado.Protocol.Proto;

namespace Recado.Protocol.Messages;

/// <summary><see cref="MessageContext"/> and <c>ContextInfo</c>.</summary>
internal static class ContextMapping
{
    private const uint Everyone = 1;

    private static readonly MessageContext Empty = new();

    public static MessageContext? Read(ContextInfo? info)
    {
        if (info is null)
            return null;

        var context = new MessageContext
        {
            Quote = Quote(info),
            Mentions = Mentions(info),
            MentionsEveryone = info.NonJidMentions == Everyone,
            IsForwarded = info.IsForwarded,
            ForwardingScore = info.ForwardingScore,
            Expiration = info.Expiration.ToDuration(),
            ExpirationSetAt = UnixTime.FromSeconds(info.EphemeralSettingTimestamp),
            Referral = ReferralMapping.Read(info),
        };
        return context == Empty ? null : context;
    }

    public static ContextInfo? Write(MessageContext? context)
    {
        if (context is null)
            return null;

        var info = new ContextInfo();
        if (context.Quote is { } quote)
            WriteQuote(info, quote);
        info.MentionedJid.AddRange(context.Mentions.Select(jid => jid.ToString()));
        if (context.MentionsEveryone)
            info.NonJidMentions = Everyone;
        if (context.IsForwarded)
            info.IsForwarded = true;
        if (context.ForwardingScore > 0)
            info.ForwardingScore = context.ForwardingScore;
        if (context.Expiration is { } expiration)
            info.Expiration = expiration.ToWholeSeconds();
        if (context.ExpirationSetAt is { } setAt)
            info.EphemeralSettingTimestamp = setAt.ToUnixTimeSeconds();
        if (context.Referral is { } referral)
            ReferralMapping.Write(info, referral);

        return info;
    }

    /// <summary>What was quoted within the quoted message is of no interest any more.</summary>
    private static QuotedMessage? Quote(ContextInfo info) => info.StanzaId.Length == 0
        ? null
        : new(
            info.StanzaId,
            info.Participant.ToJid(),
            info.QuotedMessage is { } quoted ? MessageContentMapper.FromProto(quoted) with { Context = null } : null,
            info.RemoteJid.ToJid());

    private static void WriteQuote(ContextInfo info, QuotedMessage quote)
    {
        info.StanzaId = quote.Id;
        if (quote.Author is { } author)
            info.Participant = author.ToUser().ToString();
        info.QuotedMessage = quote.Content is { } content
            ? MessageContentMapper.ToProto(content with { Context = null })
            : new Message { Conversation = "" }; // without any, WhatsApp shows no quote
        if (quote.Chat is { } chat)
            info.RemoteJid = chat.ToString();
    }

    /// <summary>A mention that names nobody is only text.</summary>
    private static IReadOnlyList<Jid> Mentions(ContextInfo info) =>
        info.MentionedJid.Count == 0 ? [] : [.. info.MentionedJid.Select(text => text.ToJid()).OfType<Jid>()];
}
