using Recado.Client.History;
using Recado.Client.Receiving;

namespace Recado.Client.Connection;

/// <summary>What goes on between this device and its phone, beside what arrives, as long as a connection is logged in.</summary>
internal sealed class PhoneWork(HistoryJobs history, HistoryRequests requests, PlaceholderResends placeholders)
{
    /// <summary>The loops; each runs until the connection ends.</summary>
    public IReadOnlyList<Func<Task>> Loops(ServiceConnection connection, CancellationToken ct) =>
        [() => history.RunAsync(ct), () => requests.RunAsync(ct), () => placeholders.RunAsync(connection, ct)];
}
