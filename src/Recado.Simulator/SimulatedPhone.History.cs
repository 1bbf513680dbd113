using Recado.Protocol;
using Recado.Protocol.Crypto;
using Recado.Simulator.Phones;

namespace Recado.Simulator;

/// <summary>What a phone remembers.</summary>
public sealed partial class SimulatedPhone
{
    private const int MaxMessages = 500_000;

    /// <summary>Gives the phone a past, which it hands to every companion that is linked from now on. A phone has one; the next replaces it.</summary>
    /// <returns>The chats that were made up, the ones with other phones of the service first.</returns>
    /// <exception cref="ArgumentException">The plan makes no sense, or is of more than 500,000 messages.</exception>
    public async Task<IReadOnlyList<HistoryChat>> GiveHistoryAsync(HistoryPlan plan, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Check(plan);
        var (seed, tokens) = _exchange.Run(() => (Seed(), _endpoint.TokensFromContacts()));
        var history = await PhoneHistory.CreateAsync(plan, seed, tokens, _exchange.Media.Files);
        _exchange.Run(() => _endpoint.History = history);
        return [.. history.Chats.Select(chat => new HistoryChat(
            chat.Jid.ToString(), chat.Person?.Phone.User, chat.Name, [.. chat.Messages.Select(message => message.Key.Id)]))];
    }

    private static void Check(HistoryPlan plan)
    {
        if (plan is { Chats: < 1 } or { MessagesPerChat: < 1 } or { ChunkSize: < 1 } or { MediaEvery: < 0 } or { ReactionEvery: < 0 } or { PollEvery: < 0 } or { EventEvery: < 0 } or { MissedCallEvery: < 0 } or { Unread: < 0 })
            throw new ArgumentException("A history has at least one chat, one message in each and one in a part, and no negative numbers.", nameof(plan));
        if ((long)plan.Chats * plan.MessagesPerChat > MaxMessages)
            throw new ArgumentException($"A history has at most {MaxMessages} messages.", nameof(plan));
        if (plan.Groups < 0 || plan.Groups > plan.Chats || plan.OnlyOnPhone < 0 || plan.OnlyOnPhone > plan.MessagesPerChat)
            throw new ArgumentException("There are not more groups than chats, nor more messages only on the phone than there are.", nameof(plan));
    }

    private HistorySeed Seed() => new(
        _exchange.Random.Bytes(32), _exchange.Now,
        [.. _exchange.Accounts.All.Where(a => a != _endpoint.Account).Select(a => new HistoryPerson(a.Name, a.PhoneJid, a.LidJid))]);
}
