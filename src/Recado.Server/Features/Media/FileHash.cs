namespace Recado.Server.Features.Media;

/// <summary>The names of kept files: the hex of their SHA-256, so that no name comes from outside.</summary>
internal static class FileHash
{
    private const int Length = 64;

    public static bool Is(string name) => name.Length == Length && name.All(char.IsAsciiHexDigitLower);

    public static string Checked(string hash) =>
        Is(hash) ? hash : throw new ArgumentException("A file is named by the hex of its SHA-256.", nameof(hash));
}
