using Recado.Protocol;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;
using Recado.Simulator.Media;
using Recado.Simulator.Phones;

namespace Recado.Simulator;

/// <summary>Files, sent and received.</summary>
public sealed partial class SimulatedPhone
{
    /// <summary>Encrypts and uploads a file, and sends it to every device of the recipient and to the companions of the own account.</summary>
    /// <param name="to">A number (addressed by LID), or a JID (addressed as given).</param>
    /// <param name="media">What the file is.</param>
    /// <param name="file">The file, read to its end.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The message id.</returns>
    /// <exception cref="SimulatorException">Nobody has the number or JID, there is no such kind, or the service refuses the message.</exception>
    public async Task<string> SendMediaAsync(string to, PhoneMedia media, Stream file, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(media);
        ArgumentNullException.ThrowIfNull(file);

        var kind = PhoneMediaKinds.Parse(media.Kind);
        var reference = await UploadAsync(file, kind, ct);
        return await SendAsync(to, MessageContentMapper.ToProto(PhoneMediaKinds.Content(media, reference)), ct);
    }

    /// <summary>Decrypts the file of a message and checks it against everything the message says about it.</summary>
    /// <param name="messageId">A message that the phone has received or sent.</param>
    /// <param name="destination">Where the file goes; of no use when this fails.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The bytes of the file.</returns>
    /// <exception cref="SimulatorException">There is no such message, it is no file, the media host does not have the file, or it is not the one of the message.</exception>
    public async Task<long> ReadMediaAsync(string messageId, Stream destination, CancellationToken ct = default)
    {
        var media = _exchange.Read(() => _endpoint.FindMedia(messageId)) ?? throw new SimulatorException($"The phone has no file under the message {messageId}.");
        var name = (media.File.DirectPath ?? "").Split('?')[0].Split('/')[^1];
        if (_exchange.Media.Files.Find(name) is not { } path)
            throw new SimulatorException($"The media host does not have the file of the message {messageId}.");

        try
        {
            await using var encrypted = File.OpenRead(path);
            return await MediaCipher.DecryptAsync(encrypted, destination, media.Kind, media.File, long.MaxValue, ct);
        }
        catch (ProtocolException e)
        {
            throw new SimulatorException($"The file of the message {messageId} is not what the message says: {e.Message}", e);
        }
    }

    private async Task<MediaReference> UploadAsync(Stream file, MediaKind kind, CancellationToken ct)
    {
        var temporary = _exchange.Media.Files.NewTemporaryPath();
        try
        {
            MediaReference reference;
            await using (var encrypted = File.Create(temporary))
                reference = await MediaCipher.EncryptAsync(file, encrypted, kind, MediaCipher.CreateKey(_exchange.Random), ct);

            var directPath = _exchange.Media.Files.Add(temporary, reference.EncryptedSha256);
            return reference with
            {
                DirectPath = directPath,
                Url = $"https://{_exchange.Media.Address}{directPath}",
                KeyCreatedAt = _exchange.Now,
            };
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
