using Recado.Client.Media;
using Recado.Protocol.Media;
using Recado.Protocol.Messages;

namespace Recado.Client;

/// <summary>Files.</summary>
public sealed partial class WhatsAppClient
{
    /// <summary>Encrypts a file and uploads it, in pieces whatever its size. Nobody gets to see it before a message refers to it.</summary>
    /// <param name="file">The file, read to its end.</param>
    /// <param name="kind">What it will be sent as.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>What a message says about the file.</returns>
    /// <exception cref="MediaException">No media host took the file.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    /// <exception cref="RequestRefusedException">The service gives no leave to upload.</exception>
    /// <exception cref="RequestTimeoutException">The service did not answer in time.</exception>
    public Task<MediaReference> UploadAsync(Stream file, MediaKind kind, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(file);
        return _media.UploadAsync(file, kind, ct);
    }

    /// <summary>
    /// Downloads a file, decrypts it and checks it against everything its message says about it. If WhatsApp does not have it any more, the
    /// phone is asked to upload it again. Bytes are written before the end is known to be good: write to a place where nobody looks, and
    /// throw it away when this fails.
    /// </summary>
    /// <param name="message">The message, as the account sees it; null when the phone is not to be asked.</param>
    /// <param name="kind">What the file was sent as.</param>
    /// <param name="file">What the message says about the file.</param>
    /// <param name="destination">Where it goes; must be seekable, because a transfer that breaks off begins anew.</param>
    /// <param name="maxLength">How many bytes the file may have at most.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The same as <paramref name="file"/>, with another path if the file was uploaded again.</returns>
    /// <exception cref="MediaException">The file cannot be had, or is not the one of the message.</exception>
    /// <exception cref="ConnectionException">The session is not connected.</exception>
    public Task<MediaReference> DownloadAsync(
        MessageTarget? message, MediaKind kind, MediaReference file, Stream destination, long maxLength, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(destination);
        if (!destination.CanSeek)
            throw new ArgumentException("The destination must be seekable.", nameof(destination));

        return _media.DownloadAsync(message, kind, file, destination, maxLength, ct);
    }
}
