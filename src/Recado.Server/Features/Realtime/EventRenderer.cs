using System.Text.Json;
using System.Text.Json.Nodes;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;

namespace Recado.Server.Features.Realtime;

/// <summary>
/// Makes frames of the log's rows for one socket. Adds what the log does not hold: the QR code, which is a secret and lives in the session
/// alone, and the request id of the <c>create_session</c> that an event answers.
/// </summary>
internal sealed class EventRenderer(IGrainFactory grains)
{
    /// <summary>Creations whose end is remembered; a client that leaves more of them open loses the ids, never the events.</summary>
    private const int Capacity = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, JsonElement> _creations = [];

    /// <summary>Events of this session up to <c>session_ready</c> answer that request.</summary>
    public void Answers(Guid sessionId, JsonElement requestId)
    {
        lock (_gate)
        {
            if (_creations.Count >= Capacity)
                _creations.Clear();
            _creations[sessionId] = requestId;
        }
    }

    /// <returns>The frame, or null for a QR code that can no longer be scanned.</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> RenderAsync(EventRow row, CancellationToken ct)
    {
        var more = new JsonObject();
        if (row.Type == EventTypes.QrCode)
        {
            if (await CurrentQrAsync(row, ct) is not { } qr)
                return null;

            more["qr"] = QrImage.DataUrl(qr.Code);
            more["code"] = qr.Code;
        }

        if (RequestIdFor(row) is { } requestId)
            more["requestId"] = JsonValue.Create(requestId);

        return row.ToFrame(more);
    }

    private async ValueTask<SessionQr?> CurrentQrAsync(EventRow row, CancellationToken ct)
    {
        var status = await grains.Session(row.SessionId!.Value).GetStatusAsync(ct);
        using var payload = JsonDocument.Parse(row.Payload);
        return status.Qr is { } qr
            && payload.RootElement.TryGetProperty("number", out var number) && number.GetInt32() == qr.Number
            && payload.RootElement.TryGetProperty("expiresAt", out var expires) && Same(expires.GetDateTimeOffset(), qr.ExpiresAt)
            ? qr
            : null;
    }

    // The log keeps milliseconds.
    private static bool Same(DateTimeOffset logged, DateTimeOffset live) => (logged - live).Duration() < TimeSpan.FromMilliseconds(2);

    private JsonElement? RequestIdFor(EventRow row)
    {
        if (row.SessionId is not { } session || row.Type is not (EventTypes.QrCode or EventTypes.SessionReady))
            return null;

        lock (_gate)
        {
            if (!_creations.TryGetValue(session, out var requestId))
                return null;

            if (row.Type == EventTypes.SessionReady)
                _creations.Remove(session);
            return requestId;
        }
    }
}
