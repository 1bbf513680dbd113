using Recado.Simulator.Faults;
using Recado.Simulator.Trace;

namespace Recado.Simulator;

/// <summary>
/// A WhatsApp service with simulated phones, in this process: strict about the protocol, silent towards the network. Thread-safe.
/// </summary>
public sealed class SimulatedService : IAsyncDisposable
{
    private SimulatedService()
    {
    }

    /// <summary>Where clients connect: <c>ws://host:port/ws/chat</c>.</summary>
    public Uri WebSocketUrl => throw new NotSupportedException();

    /// <summary>Base of the control API: <c>http://host:port/simulator/</c>.</summary>
    public Uri ControlUrl => throw new NotSupportedException();

    /// <summary>The 32-byte root key that the service's certificates chain to.</summary>
    public ReadOnlyMemory<byte> RootKey => throw new NotSupportedException();

    /// <summary>What went over the wire, decrypted, and every violation of the protocol.</summary>
    public ServiceTrace Trace => throw new NotSupportedException();

    /// <summary>Faults to come.</summary>
    public FaultPlan Faults => throw new NotSupportedException();

    /// <summary>The phones, in the order of their numbers.</summary>
    public IReadOnlyList<SimulatedPhone> Phones => throw new NotSupportedException();

    /// <summary>Starts a service with its own web server.</summary>
    public static Task<SimulatedService> StartAsync(SimulatorOptions? options = null, CancellationToken ct = default) =>
        throw new NotSupportedException();

    /// <summary>Adds an account with its phone, or returns the phone that has the number already.</summary>
    /// <param name="phoneNumber">International number; everything but digits is ignored. 7 to 15 digits, not starting with 0.</param>
    /// <param name="name">Push name; the number when absent.</param>
    public SimulatedPhone AddPhone(string phoneNumber, string? name = null) => throw new NotSupportedException();

    /// <summary>The phone with this number.</summary>
    /// <exception cref="KeyNotFoundException">No account has the number.</exception>
    public SimulatedPhone Phone(string phoneNumber) => throw new NotSupportedException();

    /// <summary>Cuts every connection, or those of one account, without a word.</summary>
    public Task DropConnectionsAsync(string? phoneNumber = null) => throw new NotSupportedException();

    /// <summary>Sends <c>stream:error</c> to every connection, or to those of one account, and closes them.</summary>
    /// <param name="code">Value of the <c>code</c> attribute; none when <see langword="null"/>.</param>
    /// <param name="conflict">Type of a <c>conflict</c> child, such as <c>replaced</c>.</param>
    /// <param name="phoneNumber">The account; all when <see langword="null"/>.</param>
    public Task SendStreamErrorAsync(int? code, string? conflict = null, string? phoneNumber = null) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
