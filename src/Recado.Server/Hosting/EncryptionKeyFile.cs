using Recado.Protocol.Crypto;

namespace Recado.Server.Hosting;

/// <summary>The secret that encrypts key material when no setting gives one: made once, kept beside the database, mode 0600.</summary>
internal static class EncryptionKeyFile
{
    private const string Name = "encryption.key";

    /// <exception cref="StartException">The file cannot be read or written.</exception>
    public static string LoadOrCreate(string folder, IRandomSource random) => Read(
        folder, path => PrivateFiles.WriteNew(path, Convert.ToHexStringLower(random.Bytes(32)) + "\n"));

    /// <exception cref="StartException">The file is not there, or cannot be read.</exception>
    public static string Load(string folder) => Read(
        folder, path => throw new StartException($"SESSION_ENCRYPTION_KEY is missing, and there is no {path}; give the key that the server runs with."));

    private static string Read(string folder, Action<string> create)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            if (!File.Exists(path))
                create(path);

            var key = File.ReadAllText(path).Trim();
            return key.Length >= 32 ? key : throw new StartException($"{path} holds no key; restore it from a backup, or set SESSION_ENCRYPTION_KEY.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be used: {e.Message}");
        }
    }
}
