using Recado.Protocol.Messages;
using Recado.Server.Features.Errors;
using Recado.Server.Features.Media;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>Messages that are files: each is checked and made ready, uploaded by its session, and only then composed.</summary>
internal sealed class MediaMessages(OutgoingMedia media, ISessionStore sessions, IGrainFactory grains)
{
    public async ValueTask<Answer<MessageContent>> ComposeAsync(SendableKind kind, Draft draft, CancellationToken ct)
    {
        var request = MediaComposer.Of(draft.Request, kind.Name)!;
        if (MediaComposer.Check(kind, request) is { } fault)
            return fault;
        if (await sessions.FindAsync(draft.UserId, draft.SessionId, ct) is not { Status: SessionStates.Connected } and var session)
            return session is null ? Problems.NoSuchSession() : Problems.SessionNotConnected(session.Status); // before anything is fetched in vain

        var ready = await media.PrepareAsync(draft.Caller, draft.SessionId, kind, request, ct);
        if (!ready.IsGiven)
            return ready.Problem;

        var upload = await UploadAsync(draft, kind, ready.Value.Row, ct);
        if (!upload.IsGiven)
            return upload.Problem;

        await media.RememberAsync(ready.Value, ct);
        return MediaComposer.Compose(kind, request, ready.Value, upload.Value);
    }

    /// <summary>A file of the store, as it is, for a message of that kind.</summary>
    public async Task<Answer<MediaReference>> UploadAsync(SendableKind kind, Draft draft, string? mediaId, CancellationToken ct)
    {
        var found = await media.FindAsync(draft.Caller, mediaId, ct);
        return found.IsGiven ? await UploadAsync(draft, kind, found.Value, ct) : found.Problem;
    }

    private async Task<Answer<MediaReference>> UploadAsync(Draft draft, SendableKind kind, MediaRow row, CancellationToken ct)
    {
        UploadOutcome outcome = new UploadOutcome.NotUploaded(new SendOutcome.NotOnWhatsApp());
        foreach (var form in draft.Recipient.Forms)
        {
            outcome = await grains.Session(draft.SessionId).UploadAsync(UploadMedia.Of(form, kind.Kind, row), ct);
            if (outcome is not UploadOutcome.NotUploaded { Cause: SendOutcome.NotOnWhatsApp })
                break;
        }

        return outcome switch
        {
            UploadOutcome.Uploaded uploaded => uploaded.ToReference(),
            UploadOutcome.NotUploaded { Cause: { } cause } => Delivery.ToProblem(cause),
            UploadOutcome.Gone => Problems.Details(StatusCodes.Status404NotFound, "media_not_found", "The file is no longer in the store."),
            _ => Problems.Details(
                StatusCodes.Status502BadGateway, "upload_failed", $"The file could not be uploaded to WhatsApp: {((UploadOutcome.Failed)outcome).Reason} Nothing was sent."),
        };
    }
}
