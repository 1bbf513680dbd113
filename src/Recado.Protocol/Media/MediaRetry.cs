using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Crypto;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using ResultType = Recado.Protocol.Proto.MediaRetryNotification.Types.ResultType;

namespace Recado.Protocol.Media;

/// <summary>How a phone answers when it is asked to upload a file again.</summary>
public enum MediaRetryOutcome
{
    /// <summary>It did not work, for whatever reason.</summary>
    Failed,

    /// <summary>The file is there again, under a new path.</summary>
    Uploaded,

    /// <summary>The phone does not have the file any more.</summary>
    NotFound,

    /// <summary>The phone could not read the request.</summary>
    Unreadable,
}

/// <summary>The answer to a media retry.</summary>
/// <param name="MessageId">The message the file belongs to.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="DirectPath">Where the file lies now; keys and hashes are the ones of before.</param>
public sealed record MediaRetryAnswer(string MessageId, MediaRetryOutcome Outcome, string? DirectPath = null);

/// <summary>
/// Asks the own phone to upload a file again whose link has expired. Request and answer are encrypted under a key derived from the
/// file's own: <c>HKDF-SHA256(media key, no salt, "WhatsApp Media Retry Notification", 32)</c>, AES-256-GCM bound to the message id.
/// </summary>
public static class MediaRetry
{
    private const int KeyLength = 32;
    private const string NotOnPhone = "2";

    /// <summary>The request. Draws 12 bytes.</summary>
    /// <param name="target">The message the file belongs to.</param>
    /// <param name="mediaKey">The key of the file.</param>
    /// <param name="ownPhone">The own phone number's JID.</param>
    /// <param name="random">Where the initialisation vector comes from.</param>
    public static Node Request(MessageTarget target, byte[] mediaKey, Jid ownPhone, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(target);
        var receipt = new ServerErrorReceipt { StanzaId = target.Id }.ToByteArray();
        return new(
            "receipt",
            [("id", target.Id), ("to", ownPhone.ToUser()), ("type", "server-error")],
            Encrypt(receipt, mediaKey, target.Id, random),
            Where(target));
    }

    /// <summary>The request for a part of the history, which belongs to no chat. Draws 12 bytes.</summary>
    public static Node RequestHistory(string notificationId, byte[] mediaKey, Jid ownPhone, IRandomSource random)
    {
        var receipt = new ServerErrorReceipt { StanzaId = notificationId }.ToByteArray();
        return new(
            "receipt",
            [("id", notificationId), ("to", ownPhone.ToUser()), ("type", "server-error"), ("category", "peer")],
            Encrypt(receipt, mediaKey, notificationId, random));
    }

    /// <summary>The phone's side of <see cref="Request"/>: whether the request was made with the key of the file.</summary>
    public static bool IsGenuine(Node receipt, byte[] mediaKey)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var id = receipt.Required("id");
        return TryDecrypt(receipt, mediaKey, id) is { } plaintext
            && Protobuf.TryParse(ServerErrorReceipt.Parser, plaintext) is { } request
            && request.StanzaId == id;
    }

    /// <summary>The phone's answer. Draws 12 bytes.</summary>
    public static Node Answer(MediaRetryAnswer answer, MessageTarget target, byte[] mediaKey, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(answer);
        ArgumentNullException.ThrowIfNull(target);
        var notification = new MediaRetryNotification { StanzaId = answer.MessageId, Result = Result(answer.Outcome) };
        if (answer.DirectPath is { } path)
            notification.DirectPath = path;

        return new(
            "notification",
            [("id", answer.MessageId), ("type", "mediaretry")],
            Where(target),
            Encrypt(notification.ToByteArray(), mediaKey, answer.MessageId, random));
    }

    /// <summary>Reads the phone's answer.</summary>
    /// <param name="notification">The notification of type <c>mediaretry</c>; its id names the message.</param>
    /// <param name="mediaKey">The key of the file.</param>
    /// <exception cref="ProtocolException">The answer was not made with this key (<see cref="ProtocolError.Tampered"/>), is about another
    /// message, or does not parse.</exception>
    public static MediaRetryAnswer ParseAnswer(Node notification, byte[] mediaKey)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var id = notification.Required("id");
        if (notification.Child("error") is { } error)
            return new(id, error["code"] == NotOnPhone ? MediaRetryOutcome.NotFound : MediaRetryOutcome.Failed);

        var plaintext = TryDecrypt(notification, mediaKey, id) ?? throw ProtocolException.Tampered();
        var answer = Protobuf.TryParse(MediaRetryNotification.Parser, plaintext)
            ?? throw ProtocolException.MalformedPayload("The answer to a media retry is not a valid protobuf.");
        if (answer.StanzaId != id)
            throw ProtocolException.MalformedPayload("The answer to a media retry is about another message.");

        return answer.Result == ResultType.Success && answer.DirectPath.OrNull() is { } path
            ? new(id, MediaRetryOutcome.Uploaded, path)
            : new(id, Outcome(answer.Result));
    }

    internal static byte[] Key(ReadOnlySpan<byte> mediaKey)
    {
        var key = new byte[KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, mediaKey, key, salt: [], info: "WhatsApp Media Retry Notification"u8);
        return key;
    }

    private static Node Where(MessageTarget target) => new(
        "rmr", [("jid", target.Chat), ("from_me", target.IsFromActor ? "true" : "false"), ("participant", target.Author)]);

    private static Node Encrypt(byte[] plaintext, byte[] mediaKey, string messageId, IRandomSource random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var iv = random.Bytes(SealedBox.IvLength);
        return Node.Of(
            "encrypt",
            Node.Of("enc_p", SealedBox.Seal(Key(mediaKey), iv, plaintext, Encoding.UTF8.GetBytes(messageId))),
            Node.Of("enc_iv", iv));
    }

    private static byte[]? TryDecrypt(Node stanza, byte[] mediaKey, string messageId)
    {
        var encrypted = stanza.RequiredChild("encrypt");
        return SealedBox.TryOpen(
            Key(mediaKey),
            encrypted.RequiredChild("enc_iv").Bytes.Span,
            encrypted.RequiredChild("enc_p").Bytes.Span,
            Encoding.UTF8.GetBytes(messageId));
    }

    private static ResultType Result(MediaRetryOutcome outcome) => outcome switch
    {
        MediaRetryOutcome.Uploaded => ResultType.Success,
        MediaRetryOutcome.NotFound => ResultType.NotFound,
        MediaRetryOutcome.Unreadable => ResultType.DecryptionError,
        _ => ResultType.GeneralError,
    };

    private static MediaRetryOutcome Outcome(ResultType result) => result switch
    {
        ResultType.NotFound => MediaRetryOutcome.NotFound,
        ResultType.DecryptionError => MediaRetryOutcome.Unreadable,
        _ => MediaRetryOutcome.Failed,
    };
}
