using System.Diagnostics.CodeAnalysis;
using Npgsql;

namespace Recado.Server.Storage.Postgres;

/// <summary>Reads <c>SUPABASE_DB_URL</c>: an address as Supabase shows it, or the keyword form.</summary>
internal static class PostgresAddress
{
    private const string Form = "give postgresql://user:password@host:port/database";

    /// <summary>Parameters that tools of other languages put into the address, and that say nothing to us.</summary>
    private static readonly string[] Ignored = ["pgbouncer", "connection_limit", "pool_timeout", "prepared_statements", "schema", "supa"];

    /// <param name="text">The value of the variable.</param>
    /// <param name="connectionString">For the driver.</param>
    /// <param name="problem">What is wrong, to follow the variable's name; never with the password.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? connectionString, [NotNullWhen(false)] out string? problem)
    {
        connectionString = null;
        try
        {
            if (text.Contains("[YOUR-PASSWORD]", StringComparison.OrdinalIgnoreCase))
                throw new FormatException("still holds [YOUR-PASSWORD]; put the database's password there");

            var builder = text.Contains("://", StringComparison.Ordinal) ? FromUrl(text) : FromKeywords(text);
            if (string.IsNullOrEmpty(builder.Host) || string.IsNullOrEmpty(builder.Username))
                throw new FormatException($"names no {(string.IsNullOrEmpty(builder.Host) ? "host" : "user")}; {Form}");

            connectionString = Complete(builder).ToString();
            problem = null;
            return true;
        }
        catch (FormatException e)
        {
            problem = e.Message;
            return false;
        }
    }

    /// <summary>The database as people name it, without secrets.</summary>
    public static string Describe(string connectionString)
    {
        var address = new NpgsqlConnectionStringBuilder(connectionString);
        return $"the database {address.Database} at {address.Host}:{address.Port}";
    }

    /// <summary>What holds whatever the operator gives: no state stays on a connection, and nothing waits for ever.</summary>
    private static NpgsqlConnectionStringBuilder Complete(NpgsqlConnectionStringBuilder builder)
    {
        builder.Database ??= "postgres";
        builder.ApplicationName ??= "recado";
        builder.Pooling = true;
        builder.NoResetOnClose = true;
        builder.MaxAutoPrepare = 0;
        builder.Enlist = false;
        builder.PersistSecurityInfo = false;
        if (!builder.ContainsKey("Maximum Pool Size"))
            builder.MaxPoolSize = 20;
        if (!builder.ContainsKey("Timeout"))
            builder.Timeout = 5;
        return builder;
    }

    private static NpgsqlConnectionStringBuilder FromKeywords(string text)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException)
        {
            throw new FormatException($"is not understood; {Form}", e); // the driver's own message may quote the password
        }
    }

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("postgres" or "postgresql"))
            throw new FormatException($"is not understood; {Form}, with %23 for # and the like in the password");

        var builder = new NpgsqlConnectionStringBuilder { Host = url.DnsSafeHost };
        if (url.Port > 0)
            builder.Port = url.Port;
        var (user, password) = Split(url.UserInfo, ':');
        if (user.Length > 0)
            builder.Username = Uri.UnescapeDataString(user);
        if (password is not null)
            builder.Password = Uri.UnescapeDataString(password);
        if (url.AbsolutePath.Trim('/') is { Length: > 0 } database)
            builder.Database = Uri.UnescapeDataString(database);

        foreach (var parameter in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Split(parameter, '=');
            Apply(builder, name, Uri.UnescapeDataString(value ?? ""));
        }

        return builder;
    }

    private static void Apply(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                builder.SslMode = Enum.TryParse<SslMode>(value.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var mode)
                    ? mode
                    : throw new FormatException($"has sslmode={value}; give disable, allow, prefer, require, verify-ca or verify-full");
                break;
            case "sslrootcert":
                builder.RootCertificate = value;
                break;
            case "connect_timeout":
                builder.Timeout = int.TryParse(value, out var seconds) && seconds is > 0 and < 1024
                    ? seconds
                    : throw new FormatException($"has connect_timeout={value}; give seconds from 1 to 1023");
                break;
            case "application_name":
                builder.ApplicationName = value;
                break;
            default:
                if (!Ignored.Contains(name))
                    throw new FormatException($"has the parameter '{name}', which is not known; remove it");
                break;
        }
    }

    private static (string Before, string? After) Split(string text, char separator) =>
        text.IndexOf(separator, StringComparison.Ordinal) is var at and >= 0 ? (text[..at], text[(at + 1)..]) : (text, null);
}
