using Microsoft.AspNetCore.Mvc;
using Recado.Server.Features.Errors;

namespace Recado.Server.Features.Messages.Kinds;

/// <summary>What the kinds ask of their fields, and how they refuse.</summary>
internal static class Fields
{
    /// <summary>Of names, addresses, descriptions and the like.</summary>
    public const int Longest = 4_096;

    /// <summary>Whether a text that may be missing is not too long.</summary>
    public static bool Fits(string? text) => text is null or { Length: <= Longest };

    /// <summary>The problem of a kind's object that makes no sense.</summary>
    public static ProblemDetails Invalid(string type, string sentence) => Problems.InvalidField(type, sentence, $"invalid_{type}");

    /// <summary>The problem of a request that makes sense but cannot be carried out.</summary>
    public static ProblemDetails Unprocessable(string code, string sentence) =>
        Problems.Details(StatusCodes.Status422UnprocessableEntity, code, sentence);
}
