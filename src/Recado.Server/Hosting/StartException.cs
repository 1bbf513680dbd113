namespace Recado.Server.Hosting;

/// <summary>The program cannot start. Each problem is one line for the operator.</summary>
internal sealed class StartException(params IReadOnlyList<string> problems) : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems { get; } = problems;
}
