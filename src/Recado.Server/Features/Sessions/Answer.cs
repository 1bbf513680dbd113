using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Mvc;

namespace Recado.Server.Features.Sessions;

/// <summary>What a command gave, or the problem that kept it from giving it. REST and WebSocket each say it in their own form.</summary>
internal readonly struct Answer<T>
    where T : class
{
    private Answer(T? value, ProblemDetails? problem) => (Value, Problem) = (value, problem);

    public T? Value { get; }

    public ProblemDetails? Problem { get; }

    [MemberNotNullWhen(true, nameof(Value))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool IsGiven => Problem is null;

    public static implicit operator Answer<T>(T value) => new(value, null);

    public static implicit operator Answer<T>(ProblemDetails problem) => new(null, problem);
}
