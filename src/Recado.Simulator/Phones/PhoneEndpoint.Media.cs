using Google.Protobuf;
using Recado.Protocol.Binary;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Protocol.Proto;
using Recado.Simulator.Service;

namespace Recado.Simulator.Phones;

/// <summary>Files of a phone.</summary>
internal sealed partial class PhoneEndpoint
{
    private static readonly JsonParser MessageParser = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    /// <summary>The file of a message that the phone has received or sent; null when there is no such message or it is no file.</summary>
    public MediaContent? FindMedia(string messageId)
    {
        var message = Inbox.Items.LastOrDefault(m => m.Id == messageId) is { } received
            ? MessageParser.Parse<Message>(received.Message)
            : _sent.GetValueOrDefault(messageId)?.Message ?? History?.Find(messageId)?.Message;
        return message is null ? null : MessageContentMapper.FromProto(message) as MediaContent;
    }

    /// <summary>What the inbox shows of a file.</summary>
    private static InboxMedia? Describe(MessageContent content) => content is not MediaContent media
        ? null
        : new InboxMedia(
            PhoneMediaKinds.NameOf(media), media.MimeType, media.File.Length, Convert.ToHexStringLower(media.File.Sha256),
            media switch
            {
                ImageContent image => image.Caption,
                VideoContent video => video.Caption,
                DocumentContent document => document.Caption,
                _ => null,
            },
            (media as DocumentContent)?.FileName);

    /// <summary>Uploads a file again that a companion could not find on the media host.</summary>
    private void AnswerMediaRetry(Node receipt)
    {
        var id = receipt["id"]!;
        if (receipt.JidOf("from") is not { } from || _exchange.Accounts.FindDevice(from) is not { } device || device.Account != Account)
        {
            _exchange.Trace.Violation(Device.ToString(), "A request for a file comes from another account.");
            return;
        }

        if (receipt.Child("rmr") is not { } where || where.JidOf("jid") is not { } chat)
        {
            AnswerHistoryRetry(receipt, device); // a part of the history belongs to no chat
            return;
        }

        if (FindMedia(id) is not { File: var file })
        {
            _exchange.Delivery.Deliver(device, new Node("notification",
                [("id", id), ("type", "mediaretry"), ("from", Account.PhoneJid), ("t", _exchange.NowText)],
                [where, new Node("error", [("code", 2)])]));
            return;
        }

        if (!MediaRetry.IsGenuine(receipt, file.Key))
        {
            _exchange.Trace.Violation(Device.ToString(), $"The request for the file of {id} is not encrypted under the file's key.");
            return;
        }

        var answer = _exchange.Media.Files.Restore(file.EncryptedSha256) is { } path
            ? new MediaRetryAnswer(id, MediaRetryOutcome.Uploaded, path)
            : new MediaRetryAnswer(id, MediaRetryOutcome.NotFound);
        var target = new MessageTarget(id, chat, where["from_me"] == "true", where.JidOf("participant"));
        var notification = MediaRetry.Answer(answer, target, file.Key, _exchange.Random);
        _exchange.Delivery.Deliver(device, notification.With(("from", Account.PhoneJid)).With(("t", _exchange.NowText)));
    }
}
