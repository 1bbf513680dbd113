using System.Security.Cryptography;

namespace Recado.Interop.Tests.Kinds;

/// <summary>A file of random bytes for one message. Disposing it deletes it.</summary>
internal sealed class SampleFile : IDisposable
{
    /// <summary>More than one piece of a streaming cipher, and no multiple of its block.</summary>
    private const int Length = 150_001;

    private readonly string _folder = Directory.CreateTempSubdirectory("recado-sample-").FullName;

    public SampleFile()
    {
        var bytes = RandomNumberGenerator.GetBytes(Length);
        Path = System.IO.Path.Combine(_folder, "sample");
        File.WriteAllBytes(Path, bytes);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    public string Path { get; }

    public string Sha256 { get; }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
