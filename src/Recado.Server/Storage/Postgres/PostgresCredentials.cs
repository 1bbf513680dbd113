namespace Recado.Server.Storage.Postgres;

/// <summary>
/// The form of <c>session_data</c>, which may hold credentials of the original's as well: ours begin with a word that tells them apart.
/// </summary>
internal static class PostgresCredentials
{
    private const string Prefix = "recado:";

    public static string? ToColumn(byte[]? data) => data is null ? null : Prefix + Convert.ToBase64String(data);

    /// <summary>The encrypted credentials, or null when there are none of ours.</summary>
    /// <exception cref="StorageException">They are damaged.</exception>
    public static byte[]? FromColumn(string? text)
    {
        if (text?.StartsWith(Prefix, StringComparison.Ordinal) != true)
            return null;
        try
        {
            return Convert.FromBase64String(text[Prefix.Length..]);
        }
        catch (FormatException e)
        {
            throw new StorageException("A session's credentials cannot be read: session_data is not what was stored.", isTransient: false, e);
        }
    }
}
