namespace Recado.Server.Features.Idempotency;

/// <summary>Metadata of an endpoint whose answer is shown once: a repeat is told that it was carried out, and no more.</summary>
internal sealed record AnswerNotKept;
