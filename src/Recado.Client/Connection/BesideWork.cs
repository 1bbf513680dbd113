using Recado.Client.AppState;
using Recado.Client.Groups;
using Recado.Client.History;
using Recado.Client.Receiving;

namespace Recado.Client.Connection;

/// <summary>What goes on beside what arrives, as long as a connection is logged in.</summary>
internal sealed class BesideWork(HistoryJobs history, HistoryRequests requests, PlaceholderResends placeholders, GroupListing groups, AppStateSync appState)
{
    /// <summary>The loops; each runs until the connection ends, or until it is through.</summary>
    public IReadOnlyList<Func<Task>> Loops(ServiceConnection connection, CancellationToken ct) =>
        [
            () => history.RunAsync(ct), () => requests.RunAsync(ct), () => placeholders.RunAsync(connection, ct), () => groups.RunAsync(connection, ct),
            () => appState.RunAsync(connection, ct),
        ];
}
