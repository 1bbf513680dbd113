using System.Globalization;
using Google.Protobuf;
using Recado.Protocol;
using Recado.Protocol.Binary;
using Recado.Protocol.Messages;
using Recado.Protocol.Pairing;
using Recado.Protocol.Proto;
using Recado.Simulator.Accounts;

namespace Recado.Simulator.Service;

/// <summary>What WhatsApp demands of a message before it is taken.</summary>
internal sealed class MessageRules(Exchange exchange)
{
    private const byte Version3 = 0x33;
    private const int MacLength = 8;

    public static readonly HashSet<string> Types = ["text", "media", "reaction", "poll", "event"];

    /// <summary>Checks a message.</summary>
    /// <param name="sender">The device that sent it.</param>
    /// <param name="message">The stanza.</param>
    /// <param name="to">Its recipient.</param>
    /// <param name="route">What kind of message it is.</param>
    /// <param name="copies">What goes to which device; <see langword="null"/> when that cannot be told.</param>
    /// <returns>Why it is refused, or <see langword="null"/>.</returns>
    public Refusal? Check(Device sender, Node message, Jid to, Route route, out IReadOnlyList<(Device Device, Node Enc)>? copies)
    {
        copies = null;
        if (to.IsBroadcast || to.IsNewsletter)
            return new Refusal(403, "A message goes to a broadcast or channel that does not exist.", IsViolation: false);
        if (exchange.Accounts.Find(to) is not { } account)
            return new Refusal(404, "A message goes to a user that does not exist.");

        var refusal = route switch
        {
            Route.Peer => Peer(sender, message, account, out copies),
            Route.Retry => Retry(sender, message, to, out copies),
            _ => FanOut(sender, message, to, account, out copies),
        };
        return refusal ?? Encs(sender, message, copies!) ?? Token(sender, message, account);
    }

    private static Refusal? Peer(Device sender, Node message, Account account, out IReadOnlyList<(Device Device, Node Enc)>? copies)
    {
        copies = null;
        var encs = message.ChildrenOf("enc").ToList();
        if (account != sender.Account || message.RequiredJid("to").Device != 0)
            return new Refusal(479, "A peer message goes to something else than the own phone.");
        if (encs.Count != 1 || message.Child("participants") is not null || message.Child("tctoken") is not null)
            return new Refusal(479, "A peer message has participants, a token, or not exactly one enc.");

        copies = [(account.Primary, encs[0])];
        return message.Child("meta")?["appdata"] is null ? new Refusal(479, "A peer message has no meta with appdata.") : null;
    }

    private Refusal? Retry(Device sender, Node message, Jid to, out IReadOnlyList<(Device Device, Node Enc)>? copies)
    {
        copies = null;
        if (exchange.Accounts.FindDevice(to) is not { } target)
            return new Refusal(479, "A retried message goes to a device that is not linked.", IsViolation: false);
        if (message["device_fanout"] != "false")
            return new Refusal(479, "A retried message has no device_fanout=false.");

        var enc = message.RequiredChild("enc");
        if (RetryCount(sender, message, enc, target) is { } refusal)
            return refusal;

        copies = [(target, enc)];
        return null;
    }

    /// <summary>An answer must have been asked for, by the device and under the count that it names.</summary>
    public static Refusal? RetryCount(Device sender, Node message, Node enc, Device target) =>
        int.TryParse(enc["count"], CultureInfo.InvariantCulture, out var count) && sender.Sent.CloseRetry(message["id"]!, target.ToString(), count)
            ? null
            : new Refusal(479, $"A retried message answers no retry receipt: id {message["id"]}, count {enc["count"]}.");

    /// <summary>Reads who gets what.</summary>
    /// <param name="sender">The device that sends it.</param>
    /// <param name="participants">The node with one child per device.</param>
    /// <param name="addressing">The kind of names they must have.</param>
    /// <param name="isMeant">Whether an account is one the message can be for.</param>
    /// <param name="isStale">Whether the sender is known to know an older state of affairs, so that strangers are no mistake of its own.</param>
    /// <param name="found">Takes what was read.</param>
    public Refusal? Copies(
        Device sender, Node participants, Addressing addressing, Func<Account, bool> isMeant, bool isStale, List<(Device Device, Node Enc)> found)
    {
        var seen = new HashSet<Device>();
        foreach (var participant in participants.Children)
        {
            if (participant.Tag != "to" || !participant.IsJid("jid") || participant.JidOf("jid") is not { } jid)
                return new Refusal(479, "A participant is not a to with a JID.");
            if (jid.IsLid != (addressing == Addressing.Lid))
                return new Refusal(479, "A message mixes phone-number and LID addresses.");
            if (exchange.Accounts.Find(jid) is not { } owner || !isMeant(owner))
                return new Refusal(479, "A participant belongs neither to the recipient nor to the sender.", IsViolation: !isStale);
            if (!owner.Devices.TryGetValue(jid.Device, out var device))
                return new Refusal(479, $"Participant device {jid.Device} is not linked.", IsViolation: jid.Device > owner.LastDevice);
            if (!seen.Add(device))
                return new Refusal(479, "A device is named twice.");
            if (participant.Children is not [{ Tag: "enc" } enc])
                return new Refusal(479, "A participant has not exactly one enc.");

            found.Add((device, enc));
        }

        return null;
    }

    private Refusal? FanOut(Device sender, Node message, Jid to, Account account, out IReadOnlyList<(Device Device, Node Enc)>? copies)
    {
        copies = null;
        if (to.Device != 0)
            return new Refusal(479, "A message to everybody's devices names a device in its to.");
        if (message.Child("participants") is not { } participants || message.Child("enc") is not null)
            return new Refusal(479, "A message has no participants, or an enc beside them.");

        var found = new List<(Device Device, Node Enc)>();
        var addressing = to.IsLid ? Addressing.Lid : Addressing.PhoneNumber;
        if (Copies(sender, participants, addressing, owner => owner == account || owner == sender.Account, isStale: false, found) is { } wrong)
            return wrong;
        if (found.Exists(c => c.Device == sender))
            return new Refusal(479, "The sending device is among the participants.");
        if (!found.Exists(c => c.Device.Account == account) && account != sender.Account)
            return new Refusal(479, "A message names no device of its recipient.");

        copies = found;
        return null;
    }

    /// <summary>Checks the ciphertexts for single devices, and whether the message vouches for its sender where it has to.</summary>
    public static Refusal? Encs(Device sender, Node message, IReadOnlyList<(Device Device, Node Enc)> copies)
    {
        foreach (var (device, enc) in copies)
        {
            if (enc["v"] != "2" || enc["type"] is not ("msg" or "pkmsg"))
                return new Refusal(479, $"An enc has version '{enc["v"]}' and type '{enc["type"]}'.");
            if (Ciphertext(sender, device, enc) is { } refusal)
                return refusal;
        }

        // The answer to a retry holds the same message a second time, under participants, in one client library; only its enc counts.
        var hasPreKey = copies.Any(c => c.Enc["type"] == "pkmsg");
        var identities = message.ChildrenOf("device-identity").ToList();
        if (sender.IsPhone || !hasPreKey)
            return identities.Count == 0 ? null : new Refusal(479, "A message has a device-identity that it does not need.");
        if (identities is not [var identity])
            return new Refusal(479, "A message with a pkmsg has not exactly one device-identity.");

        return IsIdentityOf(sender, identity.Bytes.Span)
            ? null
            : new Refusal(479, "The device-identity is not the one of the pairing, or its signatures do not verify.");
    }

    /// <summary>Whether the bytes are the device's signed identity; usually they are the very bytes that the pairing ended with.</summary>
    private static bool IsIdentityOf(Device device, ReadOnlySpan<byte> bytes) =>
        bytes.SequenceEqual(device.SignedIdentity) || AdvIdentity.VerifyDeviceSignature(bytes, device.IdentityKey, device.Account.Primary.IdentityKey);

    /// <summary>Checks what of a ciphertext the service can read: the outside.</summary>
    private static Refusal? Ciphertext(Device sender, Device target, Node enc)
    {
        var bytes = enc.Bytes.Span;
        if (bytes.Length < 2 || bytes[0] != Version3)
            return new Refusal(479, "A ciphertext does not start with the version byte 33.");

        try
        {
            if (enc["type"] == "pkmsg")
            {
                var outer = PreKeyWhisperMessage.Parser.ParseFrom(bytes[1..]);
                if (PreKey(sender, target, outer) is { } refusal)
                    return refusal;

                bytes = outer.Message.Span;
                if (bytes.Length < 2 || bytes[0] != Version3)
                    return new Refusal(479, "The message inside a pkmsg does not start with the version byte 33.");
            }

            if (bytes.Length <= 1 + MacLength)
                return new Refusal(479, "A ciphertext is too short for its MAC.");

            var inner = WhisperMessage.Parser.ParseFrom(bytes[1..^MacLength]);
            if (inner.RatchetKey.Length != 33 || inner.RatchetKey[0] != 5 || !inner.HasCounter || !inner.HasPreviousCounter || inner.Ciphertext.IsEmpty)
                return new Refusal(479, "A ciphertext lacks its ratchet key, a counter or its content.");

            return sender.Sent.UseKey(target.ToString(), inner.RatchetKey.Span, inner.Counter, bytes)
                ? null
                : new Refusal(479, $"A message key is used a second time: counter {inner.Counter} towards {target}.");
        }
        catch (InvalidProtocolBufferException)
        {
            return new Refusal(479, "A ciphertext is not a Signal message.");
        }
    }

    private static Refusal? PreKey(Device sender, Device target, PreKeyWhisperMessage outer)
    {
        if (outer.RegistrationId != sender.RegistrationId || outer.IdentityKey.Length != 33 || !outer.IdentityKey.Span[1..].SequenceEqual(sender.IdentityKey))
            return new Refusal(479, "A pkmsg has another identity key or registration id than its sender.");
        if (!target.Keys.SignedIds.Contains(outer.SignedPreKeyId))
            return new Refusal(479, $"A pkmsg uses the signed prekey {outer.SignedPreKeyId}, which the receiver never had.");
        if (!outer.HasPreKeyId)
            return null;
        if (!target.Keys.Given.TryGetValue(outer.PreKeyId, out var given) || given.Receiver != sender.ToString())
            return new Refusal(479, $"A pkmsg uses the one-time prekey {outer.PreKeyId}, which its sender was not given.");
        if (given.BaseKey is { } baseKey && !outer.BaseKey.Span.SequenceEqual(baseKey))
            return new Refusal(479, $"A pkmsg uses the one-time prekey {outer.PreKeyId} for a second session.");

        given.BaseKey ??= outer.BaseKey.ToByteArray();
        return null;
    }

    private static Refusal? Token(Device sender, Node message, Account account)
    {
        var tokens = message.Children.Where(c => c.Tag is "tctoken" or "cstoken").ToList();
        if (tokens.Count == 0)
            return null;
        if (tokens.Count > 1)
            return new Refusal(479, "A message has more than one token.");
        if (tokens[0].Tag == "cstoken")
        {
            var isRight = sender.Account.Endpoint.History is not { ClientTokenSalt: var salt }
                || tokens[0].Bytes.Span.SequenceEqual(ClientSideToken.Compute(salt, account.LidJid));
            return isRight ? null : new Refusal(463, "A message carries a cstoken that is not made from the account's salt and its recipient.");
        }

        return account.IssuedTokens.TryGetValue(sender.Account.Phone, out var token) && tokens[0].Bytes.Span.SequenceEqual(token.Value)
            ? null
            : new Refusal(463, "A message carries a token that its recipient has not given to the sender.");
    }
}
