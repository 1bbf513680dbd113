namespace Recado.Client.Connection;

/// <summary>The connection that is logged in, if there is one.</summary>
internal sealed class LiveConnection
{
    private volatile ServiceConnection? _current;

    public ServiceConnection? Current => _current;

    public void Set(ServiceConnection? connection) => _current = connection;

    /// <exception cref="ConnectionException">There is none.</exception>
    public ServiceConnection Require() => _current ?? throw new ConnectionException("The session is not connected.");
}
