using Recado.Client.Media;
using Recado.Protocol;

namespace Recado.Client;

/// <summary>There is no usable connection to the service. A later attempt may succeed.</summary>
public sealed class ConnectionException : RecadoException
{
    /// <summary>Creates the exception with a sentence for people.</summary>
    public ConnectionException(string message, Exception? inner = null)
        : base(message, inner) { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The service answered a query with an error.</summary>
public sealed class RequestRefusedException : RecadoException
{
    internal RequestRefusedException(int code, string? text)
        : base($"WhatsApp refused the query with code {code}{(string.IsNullOrEmpty(text) ? "" : $" ({text})")}.") => Code = code;

    /// <summary>The service's code, as in HTTP: 404, 429, 503 and so on; 0 when it gave none.</summary>
    public int Code { get; }

    /// <inheritdoc/>
    public override bool IsTransient => Code is 429 or >= 500;
}

/// <summary>The service did not answer a query in time.</summary>
public sealed class RequestTimeoutException : RecadoException
{
    internal RequestTimeoutException(TimeSpan limit)
        : base($"WhatsApp has not answered within {limit.TotalSeconds:0} s.") { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The device's store failed; the inner exception tells how.</summary>
public sealed class StoreException : RecadoException
{
    internal StoreException(Exception inner)
        : base($"The session's storage failed: {inner.Message}", inner) { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The account's settings cannot be changed as long as this device cannot read them.</summary>
public sealed class AppStateUnavailableException : RecadoException
{
    internal AppStateUnavailableException()
        : base("The phone has not given this device what it needs to read the account's settings. Open WhatsApp on the phone, and try again.") { }

    internal AppStateUnavailableException(MediaException cause)
        : base($"The account's settings cannot be read at the moment: {cause.Message}", cause) { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}

/// <summary>The account's name is not known yet, without which the service takes no presence.</summary>
public sealed class PushNameUnknownException : RecadoException
{
    internal PushNameUnknownException()
        : base("The account's name is not known to this device yet, and WhatsApp takes no presence without it. Set the name, or write a message on the phone.") { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
