using Recado.Client.Stores;
using Recado.Server.Features.Sessions;
using Recado.Server.Storage;
using Recado.Simulator.Phones;

namespace Recado.Server.Tests.Sessions;

/// <summary>What is acknowledged is stored, once; what cannot be stored is not acknowledged.</summary>
public sealed class DurabilityTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenItFailsBetweenSavingAndAcknowledging_StoresTheMessageOnce()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        var journal = new FailingJournal { FailAfterMessages = 1 };
        server.Journal = journal.Around;
        await server.StartHostAsync();
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));

        var message = await bruno.SendTextAsync("5511900000001", "only once", Ct);
        await bruno.WaitForReceiptAsync(r => r.MessageId == message && IsOurs(r), Ct);

        Assert.Equal(0, journal.FailAfterMessages);
        Assert.Single(await server.MessagesAsync(id));
        Assert.Single(await server.EventsAsync(), e => e.Type == EventTypes.MessageReceived);
        Assert.Empty(server.WhatsApp.Trace.Violations);
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Receive_WhenTheDatabaseFailsForAWhile_AcknowledgesOnlyWhatItHasSaved()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        var journal = new FailingJournal { FailBeforeMessages = 3 };
        server.Journal = journal.Around;
        await server.StartHostAsync();
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));

        var message = await bruno.SendTextAsync("5511900000001", "patience", Ct);
        await bruno.WaitForReceiptAsync(r => r.MessageId == message && IsOurs(r), Ct);

        Assert.Equal(0, journal.FailBeforeMessages);
        Assert.Equal("patience", Assert.Single(await server.MessagesAsync(id)).Content.GetProperty("text").GetString());
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Run_WhenAnotherOwnerHasTheLease_WritesNothingAndGivesUp()
    {
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        var journal = new FailingJournal();
        server.Journal = journal.Around;
        await server.StartHostAsync();
        var bruno = server.WhatsApp.AddPhone("5511900000002");
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));
        journal.RefuseLeases = true; // the owner elsewhere keeps it
        await server.Get<ISessionJournal>().AcquireAsync(id, Ct);

        var message = await bruno.SendTextAsync("5511900000001", "not for you", Ct);
        await journal.Fenced.Task.WaitAsync(Ct);
        var whileFenced = await server.MessagesAsync(id);
        journal.RefuseLeases = false;
        await bruno.WaitForReceiptAsync(r => r.MessageId == message && IsOurs(r), Ct);

        Assert.Empty(whileFenced);
        Assert.Single(await server.MessagesAsync(id));
    }

    [Fact(Timeout = ServerUnderTest.Patience)]
    public async Task Disconnect_WhenTheCallerLeavesMeanwhile_IsDoneAllTheSame()
    {
        using var caller = new CancellationTokenSource();
        var journal = new FailingJournal { OnDisconnected = caller.Cancel };
        await using var server = await ServerUnderTest.StartAsync();
        await server.StopHostAsync();
        server.Journal = journal.Around;
        await server.StartHostAsync();
        var id = await server.ConnectSessionAsync(server.WhatsApp.AddPhone("5511900000001"));

        await server.Get<OwnedSessions>().DisconnectAsync(server.User, id, caller.Token);

        Assert.True(caller.IsCancellationRequested);
        Assert.Equal(SessionStates.Disconnected, (await server.Sessions.FindAsync(id, Ct))!.Status);
        Assert.Empty(server.Get<RunningSessions>().Ids);
    }

    /// <summary>The recipient's phone gives a receipt of its own; only a linked device has a number in its JID.</summary>
    private static bool IsOurs(PhoneReceipt receipt) => receipt.From.Contains(':', StringComparison.Ordinal);

    /// <summary>A real journal that fails on demand.</summary>
    private sealed class FailingJournal : ISessionJournal
    {
        private ISessionJournal _inner = null!;

        public int FailAfterMessages { get; set; }

        public int FailBeforeMessages { get; set; }

        public bool RefuseLeases { get; set; }

        public Action? OnDisconnected { get; init; }

        public TaskCompletionSource Fenced { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ISessionJournal Around(ISessionJournal inner)
        {
            _inner = inner;
            return this;
        }

        public Task<OwnedSession?> AcquireAsync(Guid sessionId, CancellationToken ct) => _inner.AcquireAsync(sessionId, ct);

        public async Task<LeaseOutcome> AcquireToRunAsync(Guid sessionId, int limit, CancellationToken ct) =>
            RefuseLeases ? new LeaseOutcome.NotFound() : await _inner.AcquireToRunAsync(sessionId, limit, ct);

        public async Task<bool> CommitAsync(SessionLease lease, DeviceChanges changes, IReadOnlyList<JournalEntry> entries, CancellationToken ct)
        {
            if (entries.OfType<JournalEntry.State>().Any(e => e.Row.Status == SessionStates.Disconnected))
                OnDisconnected?.Invoke();

            var hasMessage = entries.OfType<JournalEntry.Message>().Any();
            if (hasMessage && FailBeforeMessages > 0)
            {
                FailBeforeMessages--;
                throw new StorageException("the disk is full; make room", isTransient: true);
            }

            var isWritten = await _inner.CommitAsync(lease, changes, entries, ct);
            if (!isWritten)
                Fenced.TrySetResult();
            if (hasMessage && FailAfterMessages > 0)
            {
                FailAfterMessages--;
                throw new InvalidOperationException("The process was killed here.");
            }

            return isWritten;
        }

        public Task<bool> PurgeAsync(SessionLease lease, CancellationToken ct) => _inner.PurgeAsync(lease, ct);

        public IDeviceStore OpenDevice(Guid sessionId) => _inner.OpenDevice(sessionId);

        public Task<IReadOnlyDictionary<Guid, string>> FindUnreadableAsync(CancellationToken ct) => _inner.FindUnreadableAsync(ct);
    }
}
