using Recado.Client;

namespace Recado.Server.Features.Sessions;

/// <summary>Something for a session's client to do or to find out: one record for each, beside the feature that asks.</summary>
/// <typeparam name="T">The answer; a serializable record.</typeparam>
[GenerateSerializer, Immutable, Alias("recado.client-request`1")]
internal abstract record ClientRequest<T>
    where T : class
{
    /// <summary>Runs on the session's grain, with a client that was connected a moment ago. Exceptions of the client library are told to the caller.</summary>
    public abstract Task<T> RunAsync(WhatsAppClient client, CancellationToken ct);
}

/// <summary>Answer of a request that has nothing to tell but that it was done.</summary>
[GenerateSerializer, Immutable, Alias("recado.client-done")]
internal sealed record Done
{
    public static Done Value { get; } = new();
}

/// <summary>How a <see cref="ClientRequest{T}"/> ended.</summary>
[GenerateSerializer, Immutable, Alias("recado.client-outcome`1")]
internal abstract record ClientOutcome<T>
    where T : class
{
    private ClientOutcome() { }

    [GenerateSerializer, Immutable, Alias("recado.client-outcome.given`1")]
    public sealed record Given([property: Id(0)] T Value) : ClientOutcome<T>;

    /// <summary>No such session (any more).</summary>
    [GenerateSerializer, Immutable, Alias("recado.client-outcome.not-found`1")]
    public sealed record NotFound : ClientOutcome<T>;

    /// <summary>The session is not connected; <paramref name="Status"/> says what it is instead.</summary>
    [GenerateSerializer, Immutable, Alias("recado.client-outcome.not-connected`1")]
    public sealed record NotConnected([property: Id(0)] string Status) : ClientOutcome<T>;

    /// <summary>WhatsApp refused with <paramref name="Code"/>.</summary>
    [GenerateSerializer, Immutable, Alias("recado.client-outcome.refused`1")]
    public sealed record Refused([property: Id(0)] int Code) : ClientOutcome<T>;

    /// <summary>WhatsApp has not answered in time. Whether it was done is not known.</summary>
    [GenerateSerializer, Immutable, Alias("recado.client-outcome.no-answer`1")]
    public sealed record NoAnswer : ClientOutcome<T>;
}
