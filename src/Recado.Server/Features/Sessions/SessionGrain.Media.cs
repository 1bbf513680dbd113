using Recado.Client;
using Recado.Client.Media;
using Recado.Server.Features.Media;

namespace Recado.Server.Features.Sessions;

/// <summary>Files on their way out.</summary>
internal sealed partial class SessionGrain
{
    private readonly MediaUploads _uploads = new(files, time);

    public async Task<UploadOutcome> UploadAsync(UploadMedia command, CancellationToken ct)
    {
        if (_run?.Client is not { } client)
            return NotUploaded(await sessions.FindAsync(Id, ct) is { } row ? new SendOutcome.NotConnected(row.Status) : new SendOutcome.NotFound());
        if (client.State != SessionState.Connected)
            return NotUploaded(new SendOutcome.NotConnected(StatusWhileAway));
        if (!Recipients.TryParse(command.To, out var recipient))
            return NotUploaded(new SendOutcome.InvalidRecipient());

        try
        {
            if (await Recipients.ResolveAsync(client, recipient, ct) is null)
                return NotUploaded(new SendOutcome.NotOnWhatsApp());

            return await _uploads.GetAsync(client, command.ToRow(Id), command.Kind, ct) is { } file
                ? UploadOutcome.Uploaded.Of(file)
                : new UploadOutcome.Gone();
        }
        catch (ConnectionException)
        {
            return NotUploaded(new SendOutcome.NotConnected(StatusWhileAway));
        }
        catch (RequestTimeoutException)
        {
            return NotUploaded(new SendOutcome.NoAnswer());
        }
        catch (RequestRefusedException e)
        {
            return NotUploaded(new SendOutcome.Refused(MessageId: null, e.Code));
        }
        catch (FileStoreException e)
        {
            logger.UploadFailed(Id, e.Message);
            return new UploadOutcome.Failed("The store of files does not answer at the moment.");
        }
        catch (MediaException e)
        {
            logger.UploadFailed(Id, e.Message);
            return new UploadOutcome.Failed(e.Message);
        }
    }

    private static UploadOutcome.NotUploaded NotUploaded(SendOutcome cause) => new(cause);
}
